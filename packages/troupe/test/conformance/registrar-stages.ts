/**
 * The stages on which the registrars of Troupe play the conformance suite.
 */
import { compositeRegistrar, embeddedRegistrar, staticRegistrar } from 'troupe'
import {
  type MemoryHub,
  memoryHub,
  memoryRegistrar,
  type RegistrarStage,
  type RegistrarSurroundings,
  simulatedNetwork,
  virtualClock,
} from 'troupe/testing'
import type { Clock } from '#base/clock'
import { seededRandom } from '#base/random'
import type { Logger } from '#contract'
import { simulatedSide } from '#testing/simulation/side'
import { SimulatedSocketPath } from '#testing/simulation/socket-place'

const QUIET = { debug() {}, info() {}, warning() {}, error() {} } as unknown as Logger

const surroundings = (clock: Clock): RegistrarSurroundings => {
  const random = seededRandom(1)
  const bytes = (length: number) => Uint8Array.from({ length }, () => random.below(256))
  return {
    ...{ clock, random, log: QUIET, randomBytes: bytes },
    keyFor: () => new Uint8Array(32),
    side: () => undefined,
  }
}

export async function memoryStage(): Promise<RegistrarStage> {
  const clock = virtualClock()
  const hub = memoryHub({ clock })
  return {
    host: 'suite',
    make: () => memoryRegistrar(hub),
    surroundings: () => surroundings(clock),
    until: (promise) => clock.until(promise),
    kill: (node) => hub.kill(node),
    cutOff: (node) => hub.cutOff(node),
    mend: (node) => hub.mend(node),
    setConfig: (place, item, value) => hub.setConfig(place, item, value),
    removeConfig: (place, item) => hub.removeConfig(place, item),
    close: async () => {},
  }
}

/** One registrar, used as if it were several. */
export async function loneStage(): Promise<RegistrarStage> {
  const stage = await memoryStage()
  return { ...stage, make: (node) => compositeRegistrar([stage.make(node)]) }
}

/** Every node is in two hubs, of which one is slower. */
export async function compositeStage(): Promise<RegistrarStage> {
  const clock = virtualClock()
  const hubs = [memoryHub({ clock }), memoryHub({ clock, latencyMs: 3 })] as const
  const inBoth = (act: (hub: MemoryHub) => void): void => hubs.forEach(act)
  return {
    host: 'suite',
    make: () => compositeRegistrar(hubs.map((hub) => memoryRegistrar(hub))),
    surroundings: () => surroundings(clock),
    until: (promise) => clock.until(promise),
    kill: (node) => inBoth((hub) => hub.kill(node)),
    cutOff: (node) => inBoth((hub) => hub.cutOff(node)),
    mend: (node) => inBoth((hub) => hub.mend(node)),
    setConfig: (place, item, value) => hubs[1].setConfig(place, item, value),
    removeConfig: (place, item) => hubs[1].removeConfig(place, item),
    close: async () => {},
  }
}

/** Each node is a program of one simulated machine. */
export async function embeddedStage(): Promise<RegistrarStage> {
  const clock = virtualClock()
  const random = seededRandom(1)
  const network = simulatedNetwork({ clock, random })
  const path = new SimulatedSocketPath(clock, random)
  const programOf = (node: string) => {
    const host = network.host(node)
    if (host.power !== 'on') host.restart()
    return host.life
  }
  return {
    host: 'suite',
    make: () => embeddedRegistrar(),
    surroundings: (node) => ({
      ...surroundings(clock),
      side: () => simulatedSide({ life: programOf(node), path, clock, random }),
    }),
    until: (promise) => clock.until(promise),
    kill: (node) => network.host(node).crash({ how: 'reset' }),
    close: async () => {},
  }
}

export async function staticStage(): Promise<RegistrarStage> {
  const clock = virtualClock()
  return {
    host: 'suite',
    make: () => staticRegistrar({ nodes: { 'alone@suite': 'tcp://127.0.0.1:11144' } }),
    surroundings: () => surroundings(clock),
    until: (promise) => promise,
    close: async () => {},
  }
}
