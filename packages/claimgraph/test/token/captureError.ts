/** What `run` throws or rejects with; fails when it does neither. */
export async function captureError(run: () => unknown): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  throw new Error('expected an error; got none');
}
