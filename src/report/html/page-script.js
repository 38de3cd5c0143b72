// A link to something inside a closed <details>, or to one, opens it; without this script it is opened by hand.
const open = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let at = target; at !== null; at = at.parentElement) {
    if (at instanceof HTMLDetailsElement) at.open = true;
  }
  if (target instanceof HTMLDetailsElement) {
    target.scrollIntoView();
    target.querySelector('summary')?.focus({ preventScroll: true });
  }
};
addEventListener('hashchange', open);
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
  // A second click on the same link changes no address.
  if (link?.getAttribute('href') === location.hash) open();
});
if (location.hash !== '') open();

// Where the graph is wider than its box, it begins at its first step.
const graph = document.querySelector('.graph');
const first = graph?.querySelector('.box')?.getBoundingClientRect();
if (graph !== null && first !== undefined) {
  const box = graph.getBoundingClientRect();
  graph.scrollLeft = first.left + first.width / 2 - box.left - box.width / 2;
}
