// Fetches the client bundle once the page has been painted: until then it is plain HTML, and works as such.
const { bundle, wasm } = document.currentScript.dataset;

new PerformanceObserver(async (entries, observer) => {
  if (entries.getEntriesByName('first-contentful-paint').length === 0) return;
  observer.disconnect();
  const client = await import(bundle);
  await client.default({ module_or_path: wasm });
  client.hydrate();
}).observe({ type: 'paint', buffered: true });
