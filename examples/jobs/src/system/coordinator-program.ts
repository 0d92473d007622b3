/**
 * system/coordinator-program: one coordinator as a program: its store, its leader's seat, its web.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProgramEnd } from '@troupe-examples/traffic/cli/program'
import { type Node, openWeb, type ProcessContext, TroupeError, type WebListener } from 'troupe'
import type { Flags } from '#jobs/cli/flags'
import { type CoordinatorParts, startCoordinator } from '#jobs/coordinator/start'
import { worldOf } from '#jobs/store/book-world'
import { textsOf } from '#jobs/store/texts'
import { readPage } from '#jobs/web/page'
import { listenOptions, webActor } from '#jobs/web/web-actor'
import { type Backing, backingOf } from './backing.js'
import { coordinatorsOf, shortNameOf } from './names.js'
import { startProgramNode, untilStopped } from './program-node.js'

/** Where the first coordinator answers; the others follow. */
export const HTTP_PORT = 8_081
/** Where it tells Prometheus of itself; the others and the workers follow. */
export const METRICS_PORT = 8_091

/** Where its part of the data is. */
const folderOf = (
  { dataFolder = './jobs-data', name, index }: Flags,
  { folderEnding }: Backing,
): string => join(dataFolder, `${shortNameOf('coordinator', name, index)}${folderEnding}`)

export async function runCoordinator(
  flags: Flags,
  print: (line: string) => void,
): Promise<ProgramEnd> {
  const { httpPort = HTTP_PORT + flags.index - 1 } = flags
  const listener = await openWeb(listenOptions(httpPort)).catch(refusedPort)
  if ('kind' in listener) return listener
  try {
    const backing = await backingOf(flags)
    const folder = folderOf(flags, backing)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const node = await startProgramNode('coordinator', flags, backing, print)
    let parts: CoordinatorParts | undefined
    try {
      const { name, workersMin, workersMax } = flags
      const coordinators = coordinatorsOf(name)
      const settings = { node, coordinators, dataFolder: folder, workersMin, workersMax }
      parts = await startCoordinator({ ...settings, clusterId: name, keep: backing.keep })
      await startWeb(node, listener, coordinators)
      print(`http://127.0.0.1:${listener.port}/`)
      print('ready')
      await untilStopped(node)
    } finally {
      await node.stop()
      await parts?.stop()
    }
    return { kind: 'ended', exitCode: 0 }
  } finally {
    await listener.close()
  }
}

async function startWeb(
  node: Node,
  listener: WebListener,
  coordinators: readonly string[],
): Promise<void> {
  const texts = (context: ProcessContext) => textsOf(worldOf(context), coordinators)
  const args = [{ listener, page: await readPage(), texts }]
  const members = [{ name: 'web', start: webActor, args }]
  node.loadApplication({ name: 'jobs-web', members })
  await node.startApplication('jobs-web', { mode: 'permanent' })
}

function refusedPort(error: unknown): Extract<ProgramEnd, { kind: 'refused' }> {
  if (!TroupeError.is(error, 'PORT_IN_USE')) throw error
  return { kind: 'refused', problem: `${error.code}: ${error.message} with --http-port N` }
}
