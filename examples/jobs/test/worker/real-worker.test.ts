/**
 * examples/jobs/test/worker/real-worker.test: a worker on a real node, with real threads.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Node, processName, startNode } from 'troupe'
import type { WordCount } from '#jobs/kinds/word-count'
import { startWorker } from '#jobs/worker/start'
import { WORKER_APPLICATION, Worker } from '#jobs/worker/worker-protocol'
import { assignmentOf, bytesOf, fakeLeader, fakeReplica } from './stage.js'

const NAME = `real-worker-${process.pid}@localhost`
const worker = processName(WORKER_APPLICATION, Worker)

async function withWorker(
  run: (node: Node) => Promise<void>,
  given: { readonly threadMemoryMb?: number } = {},
): Promise<void> {
  const node = await startNode(NAME, {
    logSinks: [],
    handleSignals: false,
    network: { acceptors: [], cookie: 'only for this test' },
  })
  const parts = await startWorker({ node, coordinators: [NAME], ...given })
  try {
    await run(node)
  } finally {
    await node.stop()
    await parts.stop()
  }
}

const TEXT = 'Ein Mann, ein Wort. '.repeat(40_000)

describe('a worker with threads', () => {
  it('is bare until its application is started, then counts the words of a text', async () => {
    await withWorker(async (node) => {
      const text = bytesOf(TEXT)
      const { heard, pid: leader } = await fakeLeader(node)
      await fakeReplica(node, (_blob, at, length) => text.slice(at, at + length))
      assert.equal(node.whereis(WORKER_APPLICATION), undefined)
      await node.startApplication(WORKER_APPLICATION)
      await heard.next(({ kind }) => kind === 'capacity')
      const answer = await node.call(worker, 'run', assignmentOf(text, { leader }))
      assert.equal(answer.kind, 'accepted')
      const { outcome } = await heard.finished('job1')
      assert.equal(outcome.kind, 'done')
      const result = outcome.kind === 'done' ? (outcome.result as WordCount) : undefined
      assert.equal(result?.words, 160_000)
      assert.deepEqual(result?.top[0], ['ein', 80_000])
    })
  })
})
