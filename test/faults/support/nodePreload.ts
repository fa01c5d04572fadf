/**
 * Loaded into a node before anything else (`--import`). Its clock is wrong by FAULTY_CLOCK_SECONDS, and by
 * FAULTY_CLOCK_STEP_SECONDS more at each SIGUSR2. The process ends when the test that started it is gone.
 */
const realDate = globalThis.Date;
const realNow = realDate.now;
let offsetMs = Number(process.env.FAULTY_CLOCK_SECONDS ?? 0) * 1000;
const stepMs = Number(process.env.FAULTY_CLOCK_STEP_SECONDS ?? 0) * 1000;

const faultyNow = () => realNow() + offsetMs;

globalThis.Date = new Proxy(realDate, {
  apply: () => new realDate(faultyNow()).toString(),
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [faultyNow()] : args, newTarget),
  get: (target, name, receiver) => (name === 'now' ? faultyNow : Reflect.get(target, name, receiver)),
});

process.on('SIGUSR2', () => {
  offsetMs += stepMs;
});

const parent = process.ppid;
setInterval(() => {
  // Not process.exit, which waits for the thread of the module loader, and that has been seen to wait for us (Node 20.20).
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 250).unref();
