// Prints, as JSON, the adapters that Dawn sees: `{names, adapter}`, or `{error}`. A process of its own, since where the
// Vulkan loader looks is settled when it is loaded.
const report = {};
try {
  const { create } = await import('webgpu');
  // Dawn lists what there is when it is asked for an adapter by a name that no adapter has.
  try {
    await create(['adapter=a name that no adapter has']).requestAdapter();
    report.names = [];
  } catch (error) {
    report.names = [...String(error.message).matchAll(/name: '([^']*)'/g)].map(([, name]) => name);
  }
  const adapter = await create([]).requestAdapter({ powerPreference: 'high-performance' });
  if (adapter !== null) {
    const { vendor, architecture, device, description } = adapter.info;
    report.adapter = {
      vendor,
      architecture,
      device,
      description,
      software:
        adapter.info.isFallbackAdapter === true ||
        // Mesa's is none by Dawn's count.
        /swiftshader|llvmpipe|lavapipe/i.test(`${architecture} ${device} ${description}`),
    };
  }
} catch (error) {
  report.error = error instanceof Error ? error.message : String(error);
}
process.stdout.write(JSON.stringify(report), () => process.exit(0));
