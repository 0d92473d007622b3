/**
 * system/worker-program: one worker as a program. Its node is bare until a leader starts its
 * application on it.
 */
import type { ProgramEnd } from '@troupe-examples/traffic/cli/program'
import type { Flags } from '#jobs/cli/flags'
import { startWorker } from '#jobs/worker/start'
import { backingOf } from './backing.js'
import { askForRoom } from './joining.js'
import { coordinatorsOf } from './names.js'
import { startProgramNode, untilStopped } from './program-node.js'

export async function runWorker(flags: Flags, print: (line: string) => void): Promise<ProgramEnd> {
  const node = await startProgramNode('worker', flags, await backingOf(flags), print)
  const { name, effectsUrl, version, threadMemoryMb } = flags
  const parts = await startWorker({
    ...{ node, coordinators: coordinatorsOf(name) },
    ...(effectsUrl === undefined ? {} : { effectsUrl }),
    ...(version === undefined ? {} : { version }),
    ...(threadMemoryMb === undefined ? {} : { threadMemoryMb }),
  })
  try {
    print('ready')
    if (flags.joins) print(await askForRoom(node, coordinatorsOf(name)))
    await untilStopped(node)
  } finally {
    await node.stop()
    await parts.stop()
  }
  return { kind: 'ended', exitCode: 0 }
}
