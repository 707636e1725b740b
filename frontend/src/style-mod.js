// The editors' style sheets, without <style> elements: constructed sheets are no inline styles to the policy of the house
// (webapp/security.py). Stands in for the package `style-mod` wherever another package asks for it (build.mjs).
import { StyleModule as Plain } from 'style-mod';

const mounted = new WeakMap(); // document or shadow root -> {sheet, modules}

export class StyleModule extends Plain {
  static mount(root, modules) {
    const wanted = [modules].flat();
    let kept = mounted.get(root);
    if (!kept) {
      kept = { sheet: new CSSStyleSheet(), modules: [] };
      mounted.set(root, kept);
      root.adoptedStyleSheets = [kept.sheet, ...root.adoptedStyleSheets];
    }
    if (wanted.every((one) => kept.modules.includes(one))) return;
    kept.modules = [...wanted, ...kept.modules.filter((one) => !wanted.includes(one))];
    kept.sheet.replaceSync(kept.modules.map((one) => one.getRules()).join('\n'));
  }
}
