/**
 * system/coordinator-program: one coordinator as a program: its store, its leader's seat, its web.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProgramEnd } from '@troupe-examples/traffic/cli/program'
import { type Node, openWeb, TroupeError, type WebListener } from 'troupe'
import type { Flags } from '#jobs/cli/flags'
import { readPage } from '#jobs/web/page'
import type { TextStore } from '#jobs/web/texts'
import { listenOptions, webActor } from '#jobs/web/web-actor'
import { shortNameOf } from './names.js'
import { startProgramNode, untilStopped } from './program-node.js'

/** Where the first coordinator answers; the others follow. */
export const HTTP_PORT = 8_081

/** Where its part of the data is. */
const folderOf = ({ dataFolder = './jobs-data', name, index }: Flags): string =>
  join(dataFolder, shortNameOf('coordinator', name, index))

export async function runCoordinator(
  flags: Flags,
  print: (line: string) => void,
): Promise<ProgramEnd> {
  const { httpPort = HTTP_PORT + flags.index - 1 } = flags
  const listener = await openWeb(listenOptions(httpPort)).catch(refusedPort)
  if ('kind' in listener) return listener
  try {
    const folder = folderOf(flags)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const node = await startProgramNode('coordinator', flags)
    try {
      await startParts(node, listener, folder)
      print(`http://127.0.0.1:${listener.port}/`)
      print('ready')
      await untilStopped(node)
    } finally {
      await node.stop()
    }
    return { kind: 'ended', exitCode: 0 }
  } finally {
    await listener.close()
  }
}

async function startParts(node: Node, listener: WebListener, _folder: string): Promise<void> {
  const args = [{ listener, page: await readPage(), texts: NO_TEXTS }]
  const members = [{ name: 'web', start: webActor, args }]
  node.loadApplication({ name: 'jobs-web', members })
  await node.startApplication('jobs-web', { mode: 'permanent' })
}

/** Until there is a store. */
const NO_TEXTS: TextStore = {
  store: () => Promise.reject(new TroupeError('NAME_UNKNOWN', { name: 'replica', node: 'here' })),
  drop: () => {},
}

function refusedPort(error: unknown): Extract<ProgramEnd, { kind: 'refused' }> {
  if (!TroupeError.is(error, 'PORT_IN_USE')) throw error
  return { kind: 'refused', problem: `${error.code}: ${error.message} with --http-port N` }
}
