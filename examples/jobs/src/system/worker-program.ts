/**
 * system/worker-program: one worker as a program. Its node is bare until a leader starts its
 * application on it.
 */
import type { ProgramEnd } from '@troupe-examples/traffic/cli/program'
import type { Flags } from '#jobs/cli/flags'
import { startProgramNode, untilStopped } from './program-node.js'

export async function runWorker(flags: Flags, print: (line: string) => void): Promise<ProgramEnd> {
  const node = await startProgramNode('worker', flags)
  try {
    print('ready')
    await untilStopped(node)
  } finally {
    await node.stop()
  }
  return { kind: 'ended', exitCode: 0 }
}
