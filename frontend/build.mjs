// Bundles the islands of the pages into OUTDIR, each file with its content's hash in its name.
// Writes manifest.json ({"diagram.js": "diagram-1A2B3C.js", ...}) and the licence texts of what is bundled.
import { build } from 'esbuild';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const outdir = process.env.OUTDIR || '../webapp/static/dist';
rmSync(outdir, { recursive: true, force: true });

// Editors of the modeler would write <style> elements, which the house's policy forbids: see src/style-mod.js.
const ownStyles = {
  name: 'own-styles',
  setup(builder) {
    const own = path.resolve('src/style-mod.js');
    builder.onResolve({ filter: /^style-mod$/ }, ({ importer }) => (importer === own ? undefined : { path: own }));
  },
};

const { metafile } = await build({
  entryPoints: ['src/htmx.js', 'src/diagram.js', 'src/modeler.js'],
  outdir,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.woff': 'file', '.woff2': 'file', '.ttf': 'empty', '.eot': 'empty', '.svg': 'empty' },
  legalComments: 'linked',
  plugins: [ownStyles],
  metafile: true,
  logLevel: 'warning',
});

const manifest = {};
for (const [file, output] of Object.entries(metafile.outputs)) {
  if (!output.entryPoint) continue;
  const name = path.basename(output.entryPoint);
  manifest[name] = path.basename(file);
  if (output.cssBundle) manifest[name.replace('.js', '.css')] = path.basename(output.cssBundle);
}

// The licences of what is bundled travel with it, that of bpmn.io with its clause on the logo among them.
const packages = new Set();
for (const file of Object.keys(metafile.inputs)) {
  const found = file.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//);
  if (found) packages.add(found[1]);
}
const licences = [...packages].sort().map((folder) => {
  const { name, version, license, author, repository } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry));
  const by = [author?.name || author, repository?.url || repository].filter(Boolean).join(', ');
  const text = file ? readFileSync(`${folder}/${file}`, 'utf8').trim() : `The package carries no licence file; it says it is under ${license}, by ${by}.`;
  return `${name} ${version} (${license})\n\n${text}\n`;
});
writeFileSync(path.join(outdir, 'THIRD-PARTY-LICENSES.txt'), licences.join(`\n${'-'.repeat(72)}\n\n`));
writeFileSync(path.join(outdir, 'manifest.json'), JSON.stringify(manifest, null, 1));
