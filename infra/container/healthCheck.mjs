// Whether the process beside it is alive; the image has no curl. What routes requests asks /health/ready.
fetch(`http://127.0.0.1:${process.env.PORT || 4000}/health/live`).then(
  ({ ok }) => process.exit(ok ? 0 : 1),
  () => process.exit(1),
);
