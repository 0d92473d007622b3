/**
 * test/emergency/fake-service: the fake emergency service in the process of the test, on a free
 * port, and the emergencies that are sent to the system.
 */
import type { TestContext } from 'node:test'
import { ARGUMENTS_DEFAULTS } from '@troupe-examples/traffic-emergency/arguments'
import { GuestBook } from '@troupe-examples/traffic-emergency/guest-book'
import { CALM, type Mood } from '@troupe-examples/traffic-emergency/mood'
import { Service, type ServiceOptions } from '@troupe-examples/traffic-emergency/service'
import type { Stats } from '#test/system-process'
import type { EmergencyTally } from '#traffic/emergency/tally'
import { seededChance } from '#traffic/fleet/chance'
import { encodePacket } from '#traffic/packet/decode'

/** A service in this mood; closed with the test. */
export async function fakeService(
  t: TestContext,
  mood: Partial<Mood> = {},
  options: Partial<ServiceOptions> = {},
) {
  const book = new GuestBook()
  const after = (delayMs: number, run: () => void): void => {
    setTimeout(run, delayMs).unref()
  }
  const service = await Service.open(
    { ...ARGUMENTS_DEFAULTS, port: 0, mood: { ...CALM, ...mood }, ...options },
    { book, chance: seededChance(5).unit, after },
  )
  t.after(() => service.close())
  return { book, service, url: `http://127.0.0.1:${service.port}/` }
}

/** The packets of emergencies of so many vehicles. */
export function emergencyPackets(count: number, prefix = 'bus'): readonly Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const longitude = (index % 360) - 180
    return encodePacket({ id: `${prefix}-${index}`, latitude: 1, longitude, emergency: true })
  })
}

/** The account of emergencies in `GET /stats`. */
export function emergenciesOf(stats: Stats): EmergencyTally & { readonly difference: number } {
  const { emergencies } = stats as unknown as { readonly emergencies: never }
  return emergencies
}
