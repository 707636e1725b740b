// Keeps the words of deadlines up to date, on the server's clock. The server wrote them; here they are counted on.
const MINUTE = 60_000;
const SOON = 4 * 60 * MINUTE;

const words = {
  zh: {
    left: (span) => `还剩 ${span}`,
    over: (span) => `已超期 ${span}`,
    days: (days, hours) => (hours ? `${days} 天 ${hours} 小时` : `${days} 天`),
    hours: (hours, minutes) => `${hours} 小时 ${minutes} 分`,
    minutes: (minutes) => (minutes ? `${minutes} 分钟` : "不到 1 分钟"),
  },
  en: {
    left: (span) => `${span} left`,
    over: (span) => `overdue by ${span}`,
    days: (days, hours) => (hours ? `${days} d ${hours} h` : `${days} d`),
    hours: (hours, minutes) => `${hours} h ${minutes} min`,
    minutes: (minutes) => (minutes ? `${minutes} min` : "under a minute"),
  },
};

export function remaining(milliseconds, language) {
  const say = words[language] ?? words.zh;
  const minutes = Math.floor(Math.abs(milliseconds) / MINUTE);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  let span = say.minutes(minutes);
  if (days) span = say.days(days, hours);
  else if (hours) span = say.hours(hours, minutes % 60);
  return milliseconds < 0 ? say.over(span) : say.left(span);
}

export function countDown(root) {
  const language = document.documentElement.lang.startsWith("en") ? "en" : "zh";
  const read = new WeakMap(); // when the server's clock of each deadline was read
  const elapsed = (due) => {
    const known = read.get(due);
    if (known?.now !== due.dataset.now) read.set(due, { now: due.dataset.now, at: performance.now() });
    return performance.now() - read.get(due).at;
  };
  const tick = () => {
    for (const due of root.querySelectorAll("[data-due]")) {
      const now = Date.parse(due.dataset.now) + elapsed(due);
      const left = Date.parse(due.dataset.due) - now;
      due.querySelector(".due-words").textContent = remaining(left, language);
      due.classList.toggle("due-over", left < 0);
      due.classList.toggle("due-soon", left >= 0 && left < SOON);
      due.classList.toggle("due-later", left >= SOON);
    }
  };
  root.querySelectorAll("[data-due]").forEach(elapsed);
  setInterval(tick, 20_000);
  document.addEventListener("visibilitychange", () => document.hidden || tick());
}
