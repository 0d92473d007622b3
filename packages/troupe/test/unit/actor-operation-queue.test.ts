/**
 * Operations of a supervisor, one at a time.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OperationQueue } from '#actor/operation-queue'

describe('the operation queue', () => {
  it('runs one operation at a time, in the order they were asked', async () => {
    const queue = new OperationQueue()
    const seen: string[] = []
    const slow = async (name: string): Promise<string> => {
      seen.push(`${name} begins`)
      for (let turn = 0; turn < 5; turn += 1) await undefined
      seen.push(`${name} ends`)
      return name
    }
    const all = [queue.run(() => slow('a')), queue.run(() => slow('b'))]
    assert.equal(queue.size, 2)
    assert.deepEqual(await Promise.all(all), ['a', 'b'])
    assert.deepEqual(seen, ['a begins', 'a ends', 'b begins', 'b ends'])
    assert.equal(queue.size, 0)
  })

  it('goes on after an operation that failed', async () => {
    const queue = new OperationQueue()
    const failed = queue.run(() => Promise.reject(new RangeError('no')))
    const next = queue.run(() => Promise.resolve('yes'))
    await assert.rejects(failed, RangeError)
    assert.equal(await next, 'yes')
  })
})
