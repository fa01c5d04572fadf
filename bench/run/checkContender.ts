import { isDeepStrictEqual } from 'node:util';
import type { Contender } from '../contenders/contenders.ts';
import type { Workload } from '../workloads/workloads.ts';
import type { BenchRequest, Refusal, Scene } from '../workloads/world.ts';
import type { RunningContender } from './runningContender.ts';

/**
 * Throws unless the contender answers every workload with exactly the expected data, over HTTP and in its process, and
 * refuses what it is there to refuse.
 */
export async function checkContender(
  running: RunningContender,
  scene: Scene,
  workloads: readonly Workload[],
): Promise<void> {
  for (const workload of workloads) await checkAnswers(running, scene, workload);
  for (const refusal of scene.refusals) {
    if (!mustRefuse(running.contender, refusal)) continue;
    const text = await post(running.url, refusal.request);
    if (text.includes(refusal.secret)) throw new Error(`${refusal.title}: expected a refusal; got the data`);
  }
}

export async function checkAnswers(running: RunningContender, scene: Scene, workload: Workload): Promise<void> {
  const request = scene.requestOf(workload.name);
  const expected = { data: workload.expectedData(scene.world.data) };
  const answers = { HTTP: await post(running.url, request), process: await running.answer(request) };
  for (const [where, text] of Object.entries(answers)) {
    if (isDeepStrictEqual(JSON.parse(text), expected)) continue;
    throw new Error(`${workload.name}, ${where}: expected the same answer as from all; got ${text.slice(0, 200)}`);
  }
}

function mustRefuse({ protects }: Contender, refusal: Refusal): boolean {
  return protects === 'fields' || protects === refusal.protects;
}

async function post(url: string, { headers, body }: BenchRequest): Promise<string> {
  const response = await fetch(url, { method: 'POST', headers, body });
  return response.text();
}
