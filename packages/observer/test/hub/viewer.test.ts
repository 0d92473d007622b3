/** hub/viewer: large records on their way to one browser. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Audience } from '#observer/hub/audience'
import { eventFrame } from '#observer/hub/frame'
import { RECORD_BYTES_MAX, Viewer } from '#observer/hub/viewer'
import { eventOf, lookerOf, reading, type Told } from './kit.js'

const logs = (count: number, chars: number) =>
  Array.from({ length: count }, (_, number) => ({ number, text: 'x'.repeat(chars) }))

/** A browser that takes what an audience tells. */
function listening() {
  const viewer = new Viewer({ id: 'v', ...lookerOf('s') }, () => {})
  const audience = new Audience('/f')
  audience.add(viewer)
  const told = reading(viewer)
  const tell = (records: readonly unknown[]): void => audience.tell(records, 0)
  const settle = () => new Promise<void>((done) => setImmediate(done))
  return { told, tell, settle }
}

const numbersIn = (told: readonly Told[]): number[] =>
  told
    .flatMap((event) => (event['records'] ?? []) as { readonly number: number }[])
    .map(({ number }) => number)
const leftOutIn = (told: readonly Told[]): number =>
  told.reduce((sum, event) => sum + Number(event['leftOut']), 0)

describe('a browser', () => {
  it('is told a flush of more bytes than it may be kept in pieces', async () => {
    const { told, tell, settle } = listening()
    tell(logs(200, 5_000))
    await settle()
    const numbers = numbersIn(told)
    assert.equal(numbers.length + leftOutIn(told), 200)
    assert.ok(numbers.length >= 100, String(numbers.length))
    assert.equal(numbers.at(-1), 199)
    assert.deepEqual(
      numbers,
      [...numbers].sort((one, other) => one - other),
    )
  })

  it('keeps what it waits for when a single record is larger than that', async () => {
    const { told, tell, settle } = listening()
    tell(logs(1, 10))
    tell([...logs(1, RECORD_BYTES_MAX), { number: 7, text: 'small' }])
    await settle()
    assert.deepEqual([numbersIn(told), leftOutIn(told)], [[0, 7], 1])
    const viewer = new Viewer({ id: 'v', ...lookerOf('s') }, () => {})
    viewer.happened(eventFrame({ kind: 'problem', subject: '/f', problem: undefined as never }), 1)
    const records = logs(1, RECORD_BYTES_MAX)
    viewer.happened(eventFrame({ kind: 'records', subject: '/f', records, leftOut: 0 }), 3)
    assert.equal(viewer.held.frames, 1)
    assert.deepEqual(eventOf((await viewer.next()) as never), { kind: 'behind', leftOut: 3 })
  })
})
