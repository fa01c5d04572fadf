const pollMs = 250;

/**
 * `npm start` and `npm run dev` run us below a shell. npm passes SIGTERM on to that shell only, which dies without telling
 * us (npm 11 with dash), and the API would run on unseen. So when npm started us and our parent is gone, we stop as on
 * SIGTERM.
 */
export function stopWhenOrphaned(): void {
  if (!['start', 'dev'].includes(process.env.npm_lifecycle_event ?? '')) return;
  const parent = process.ppid;
  const poll = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(poll);
    process.kill(process.pid, 'SIGTERM');
  }, pollMs);
  poll.unref();
}
