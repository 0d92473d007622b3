/**
 * run: brings the load generator up, and down again.
 *
 * Here it meets the machine: names of hosts, sockets, clock, chance and the node it lives in.
 */

import { randomInt } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { isIPv6 } from 'node:net'
import type { ProgramEnd } from '@troupe-examples/traffic/cli/program'
import { seededChance } from '@troupe-examples/traffic/fleet/chance'
import { consoleSink, type Node, openUdp, startNode, supervisor, type UdpSocket } from 'troupe'
import type { LoadArguments } from './arguments.js'
import { convoyActor, planJourney } from './convoy.js'
import { reporterActor, totalLine } from './reporter.js'

/** Sends until it is stopped or its time is over. Rejects with coded errors while it starts. */
export async function runLoad(
  given: LoadArguments,
  print: (line: string) => void,
): Promise<ProgramEnd> {
  const address = await addressOf(given.host)
  if (address === undefined) return { kind: 'refused', problem: `${given.host} is no known host` }
  const outlets = await openOutlets(address, given.sockets)
  try {
    const node = await startNode('traffic-load@localhost', {
      logLevel: 'warning',
      logSinks: [consoleSink({ stream: { write: (text: string) => print(text.trimEnd()) } })],
      stopTimeoutMs: 1_000,
    })
    const { vehicles, packetsPerSecond, sockets, seed = randomInt(2 ** 32 - 1) } = given
    const destination = { address, port: given.port }
    const chance = seededChance(seed)
    const plan = { vehicles, packetsPerSecond, destination, outlets, chance }
    const depot = supervisor({
      restart: 'permanent',
      children: [
        { name: 'convoy', start: convoyActor, args: [planJourney(plan)] },
        { name: 'reporter', start: reporterActor, args: [outlets, print] },
      ],
    })
    const pid = await node.spawn(depot)
    const from = sockets === 1 ? 'one socket' : `${sockets} sockets`
    print(`${vehicles} vehicles send ${packetsPerSecond} packets a second from ${from}`)
    print('ready')
    const exitCode = await untilTheEnd(node, node.ended(pid), given.seconds)
    print(totalLine(outlets))
    return { kind: 'ended', exitCode }
  } finally {
    await Promise.all(outlets.map((outlet) => outlet.close()))
  }
}

/** 0 when it was stopped or its time is over; 1 when the supervisor gave up before. */
async function untilTheEnd(
  node: Node,
  depotEnded: Promise<unknown>,
  seconds: number | undefined,
): Promise<number> {
  let exitCode = 0
  void depotEnded.then(() => {
    if (!node.running) return
    exitCode = 1
    void node.stop()
  })
  if (seconds !== undefined) AbortSignal.timeout(seconds * 1_000).onabort = () => void node.stop()
  await node.stopped
  return exitCode
}

async function addressOf(host: string): Promise<string | undefined> {
  try {
    return (await lookup(host)).address
  } catch {
    return undefined
  }
}

async function openOutlets(address: string, sockets: number): Promise<readonly UdpSocket[]> {
  const hosts = [isIPv6(address) ? '::' : '0.0.0.0']
  const opened: UdpSocket[] = []
  try {
    for (let i = 0; i < sockets; i += 1) opened.push(await openUdp({ port: 0, hosts }))
  } catch (error) {
    await Promise.all(opened.map((outlet) => outlet.close()))
    throw error
  }
  return opened
}
