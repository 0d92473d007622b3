/**
 * examples/jobs/test/web/intake.test: how long a client may take over its text, by a clock of ours.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { WebResponse } from 'troupe'
import type { Desk } from '#jobs/web/desk'
import { Intake, UPLOADS_MAX } from '#jobs/web/intake'
import { readOrder } from '#jobs/web/order'
import { GRACE_MS, longestMs, Pace } from '#jobs/web/pace'
import { jobOf, MemoryTexts } from '#test/web/fakes'

const ASKED = { kind: 'submit', job: 'gzip', parameters: {}, id: 'tea' } as const

/** Time that passes when a test says so; what is due then runs. */
class Hands {
  nowMs = 0
  #timers: { atMs: number; run: () => void }[] = []

  readonly after = (delayMs: number, run: () => void): (() => void) => {
    const timer = { atMs: this.nowMs + delayMs, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer)
    }
  }

  pass(ms: number): void {
    this.nowMs += ms
    const due = this.#timers.filter(({ atMs }) => atMs <= this.nowMs)
    this.#timers = this.#timers.filter((one) => !due.includes(one))
    for (const { run } of due) run()
  }

  get waiting(): number {
    return this.#timers.length
  }
}

function deskOf(hands: Hands): Desk {
  const ask: Desk['ask'] = async (_request, payload) =>
    ({ kind: 'accepted', job: jobOf(payload as Parameters<typeof jobOf>[0]) }) as never
  return { ask, texts: new MemoryTexts(), nowMs: () => hands.nowMs, after: hands.after }
}

/** A request whose body comes piece by piece. */
function requestOf(): {
  request: Request
  controller: ReadableStreamDefaultController<Uint8Array>
} {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given
    },
  })
  const init = { method: 'POST', body, duplex: 'half' } as RequestInit
  const request = new Request('http://127.0.0.1/jobs', init)
  assert.ok(controller !== undefined)
  return { request, controller }
}

const codeOf = ({ body }: WebResponse): string => JSON.parse(String(body)).error.code
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the pace of a text', () => {
  it('is a grace, and then what its bytes are worth', () => {
    const pace = new Pace()
    assert.equal(pace.leftMs, GRACE_MS)
    pace.took(1_280_000, GRACE_MS)
    assert.equal(pace.leftMs, 10_000)
    assert.equal(longestMs(0), GRACE_MS)
  })

  it('ends a client that stalls, and one that drips, with 408', async () => {
    for (const drips of [0, 40]) {
      const hands = new Hands()
      const { request, controller } = requestOf()
      const answered = new Intake(deskOf(hands)).take(ASKED, request)
      controller.enqueue(Buffer.from('begin'))
      for (let i = 0; i < drips; i += 1) {
        await turn()
        hands.pass(249)
        controller.enqueue(Buffer.from('.'))
      }
      await turn()
      hands.pass(drips === 0 ? GRACE_MS + 1 : 100)
      const answer = await answered
      assert.deepEqual([answer.status, codeOf(answer)], [408, 'BODY_TOO_SLOW'])
      assert.equal(hands.waiting, 0)
    }
  })

  it('is short before its first byte, and shorter when many have sent none', async () => {
    const hands = new Hands()
    const intake = new Intake(deskOf(hands))
    const open = Array.from({ length: 40 }, requestOf)
    const statuses: number[] = []
    const answers = open.map(async ({ request }) => {
      statuses.push((await intake.take(ASKED, request)).status)
    })
    await turn()
    hands.pass(500)
    await turn()
    assert.deepEqual(statuses, Array(8).fill(408))
    open[0]?.controller.enqueue(Buffer.from('begin'))
    await turn()
    hands.pass(2_500)
    await turn()
    assert.equal(statuses.length, 39)
    assert.equal(intake.underWay, 1)
    open[0]?.controller.close()
    await Promise.all(answers)
    assert.deepEqual([statuses.at(-1), intake.underWay, hands.waiting], [201, 0, 0])
  })

  it('does not count the time in which the stores are slow', async () => {
    const hands = new Hands()
    const desk = deskOf(hands)
    ;(desk.texts as MemoryTexts).gate = async () => hands.pass(10 * GRACE_MS)
    const { request, controller } = requestOf()
    const answered = new Intake(desk).take(ASKED, request)
    for (let i = 0; i < 3; i += 1) controller.enqueue(Buffer.from('piece'))
    controller.close()
    assert.equal((await answered).status, 201)
  })

  it('is asked to come again when too many texts come at once', async () => {
    const hands = new Hands()
    const intake = new Intake(deskOf(hands))
    const open = Array.from({ length: UPLOADS_MAX }, requestOf)
    const answers = open.map(({ request }) => intake.take(ASKED, request))
    const refused = await intake.take(ASKED, requestOf().request)
    assert.deepEqual([refused.status, codeOf(refused)], [503, 'BUSY'])
    for (const { controller } of open) {
      controller.enqueue(Buffer.from('text'))
      controller.close()
    }
    const statuses = new Set((await Promise.all(answers)).map(({ status }) => status))
    assert.deepEqual(statuses, new Set([201]))
    assert.equal(intake.underWay, 0)
  })

  it('ends a text that breaks off with 400', async () => {
    const { request, controller } = requestOf()
    const answered = new Intake(deskOf(new Hands())).take(ASKED, request)
    controller.enqueue(Buffer.from('begin'))
    controller.error(new DOMException('the client has gone away', 'AbortError'))
    const answer = await answered
    assert.deepEqual([answer.status, codeOf(answer)], [400, 'BODY_BROKEN_OFF'])
  })
})

describe('the small body of an order', () => {
  it('that does not come, or drips, is answered with 408 after 5 s', async () => {
    for (const drips of [0, 9]) {
      const hands = new Hands()
      const { request, controller } = requestOf()
      const answered = readOrder(request, deskOf(hands))
      for (let i = 0; i < drips; i += 1) {
        controller.enqueue(Buffer.from('{'))
        await turn()
        hands.pass(500)
      }
      await turn()
      hands.pass(5_000 - drips * 500)
      const waited = turn().then(() => 'it waits')
      const answer = await Promise.race([answered, waited])
      assert.equal(typeof answer === 'object' && answer.kind === 'refused' && answer.status, 408)
      assert.equal(hands.waiting, 0)
    }
  })

  it('that breaks off is answered with 400', async () => {
    const { request, controller } = requestOf()
    const answered = readOrder(request, deskOf(new Hands()))
    controller.error(new DOMException('the client has gone away', 'AbortError'))
    const answer = await answered
    assert.equal(answer.kind === 'refused' && answer.status, 400)
  })
})
