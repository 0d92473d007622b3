/**
 * test/store/texts: a text is whole at a majority, or it is nowhere.
 */
import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { testNode } from 'troupe/testing'
import { JobsFault } from '#jobs/job/faults'
import { replicaActor } from '#jobs/store/replica'
import { REPLICA_NAME, Replica, replicaAt } from '#jobs/store/replica-protocol'
import { openStoreFolder, type StoreFolder } from '#jobs/store/store-folder'
import type { TextPlace } from '#jobs/store/text-place'
import { textsOf } from '#jobs/store/texts'

const root = mkdtempSync(join(tmpdir(), 'jobs-texts-'))
after(() => rmSync(root, { recursive: true, force: true }))
let folders = 0
const nextFolder = (): string => join(root, `f${++folders}`)
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const bytesOf = (length: number): Buffer => Buffer.alloc(length, 'some text ')

async function give(texts: TextPlace, blob: string, bytes: Buffer, pieceBytes = 100_000) {
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const answer = await texts.append(blob, at, bytes.subarray(at, at + pieceBytes))
    if (answer.kind === 'refused') return answer
  }
  return texts.seal(blob, bytes.length, digest(bytes))
}

async function opened(path = nextFolder(), options = {}): Promise<StoreFolder> {
  return openStoreFolder(path, options)
}

describe('the texts of a coordinator', () => {
  it('are given back as they were taken in, short and long, also after a restart', async () => {
    const path = nextFolder()
    const folder = await opened(path)
    const [short, long] = [bytesOf(1_000), bytesOf(700_001)]
    deepEqual(await give(folder.texts, 'short', short), { kind: 'sealed' })
    deepEqual(await give(folder.texts, 'long', long), { kind: 'sealed' })
    await folder.close()
    const again = await opened(path)
    deepEqual(Buffer.from((await again.texts.read('short', 10, 20)) ?? []), short.subarray(10, 30))
    const part = await again.texts.read('long', 262_100, 300_000)
    ok(Buffer.from(part ?? []).equals(long.subarray(262_100, 562_100)))
    deepEqual(await again.texts.read('long', 700_001, 9), new Uint8Array(0))
    equal(await again.texts.read('other', 0, 9), undefined)
    await again.close()
  })

  it('are refused when their digest is another', async () => {
    const folder = await opened()
    await folder.texts.append('a', 0, bytesOf(10))
    const answer = await folder.texts.seal('a', 10, digest(bytesOf(11)))
    equal(answer.kind === 'refused' && answer.code, 'TEXT_DIGEST')
    equal(folder.texts.uploads, 0)
    await folder.close()
  })

  it('take the same part twice, and no part that leaves a gap', async () => {
    const folder = await opened()
    await folder.texts.append('a', 0, bytesOf(10))
    deepEqual(await folder.texts.append('a', 0, bytesOf(10)), { kind: 'appended', length: 10 })
    const answer = await folder.texts.append('a', 12, bytesOf(10))
    equal(answer.kind === 'refused' && answer.code, 'TEXT_GAP')
    await folder.close()
  })

  it('leave nothing of those that were not whole when the program ended', async () => {
    const path = nextFolder()
    const folder = await opened(path)
    await folder.texts.append('a', 0, bytesOf(500_000))
    equal(readdirSync(join(path, 'texts')).length, 1)
    // As a kill would leave it: under the name of one that is not whole.
    const filter = (name: string): boolean => !name.endsWith('.lock')
    cpSync(path, `${path}-killed`, { recursive: true, filter })
    await folder.close()
    const again = await opened(`${path}-killed`)
    deepEqual(readdirSync(join(`${path}-killed`, 'texts')), [])
    await again.close()
  })

  it('keep their limits, and give up what nobody adds to', async () => {
    const folder = await opened(undefined, { uploadsMax: 2, unsealedBytesMax: 100, idleMs: 1_000 })
    let nowMs = 0
    folder.texts.timedBy(() => nowMs)
    await folder.texts.append('a', 0, bytesOf(60))
    const tooMuch = await folder.texts.append('b', 0, bytesOf(60))
    equal(tooMuch.kind === 'refused' && tooMuch.code, 'TEXT_BUSY')
    const tooMany = await folder.texts.append('c', 0, bytesOf(1))
    equal(tooMany.kind === 'refused' && tooMany.code, 'TEXT_BUSY')
    nowMs = 2_000
    await folder.texts.sweep()
    equal(folder.texts.uploads, 0)
    deepEqual(await give(folder.texts, 'c', bytesOf(90)), { kind: 'sealed' })
    await folder.close()
  })

  it('are not given out where they are damaged', async () => {
    const path = nextFolder()
    const folder = await opened(path)
    await give(folder.texts, 'long', bytesOf(700_001))
    const file = openSync(join(path, 'texts', 'long'), 'r+')
    writeSync(file, 'X', 300_000)
    closeSync(file)
    equal(await folder.texts.read('long', 270_000, 10), undefined)
    equal(folder.texts.damaged, 1)
    equal((await folder.texts.read('long', 0, 10))?.length, 10)
    truncateSync(join(path, 'texts', 'long'), 1_000)
    equal(await folder.texts.read('long', 0, 10), undefined)
    await folder.close()
  })

  it('are gone once they are dropped', async () => {
    const path = nextFolder()
    const folder = await opened(path)
    await give(folder.texts, 'long', bytesOf(700_001))
    await give(folder.texts, 'short', bytesOf(7))
    await folder.texts.append('part', 0, bytesOf(500_000))
    for (const blob of ['long', 'short', 'part', 'other']) await folder.texts.drop(blob)
    equal(folder.texts.has('short'), false)
    deepEqual(readdirSync(join(path, 'texts')), [])
    await folder.close()
  })
})

describe('a text that is handed to the stores', () => {
  it('is at all of them when all answer, and at a majority when one does not', async () => {
    const folder = await opened()
    await using kit = await testNode({ name: 'c1@localhost' })
    const { node } = kit
    await node.spawn(replicaActor, { name: REPLICA_NAME, args: [folder.store, folder.texts] })
    const world = {
      ask: (to: string, request: string, payload: never) =>
        to === 'dead'
          ? Promise.reject(new RangeError('dead'))
          : node.call(replicaAt('c1@localhost'), request as 'append', payload),
    }
    const source = async function* () {
      for (let i = 0; i < 10; i += 1) yield bytesOf(100_000)
    }
    const texts = textsOf(world as never, ['c1@localhost'])
    const { blob, bytes, sha256 } = await texts.store(source())
    equal(bytes, 1_000_000)
    equal(sha256, folder.texts.note(blob)?.sha256)
    const lone = textsOf(world as never, ['c1@localhost', 'dead', 'dead'])
    await rejects(lone.store(source()), (fault) => JobsFault.is(fault, 'NO_MAJORITY'))
    const broken = async function* () {
      yield bytesOf(300_000)
      throw new RangeError('the client went away')
    }
    await rejects(texts.store(broken()), /the client went away/)
    equal(folder.texts.uploads, 0)
    await folder.close()
  })

  it('is not taken in twice by hostile requests', async () => {
    const folder = await opened()
    await using kit = await testNode({ name: 'c1@localhost' })
    const { node } = kit
    await node.spawn(replicaActor, { name: REPLICA_NAME, args: [folder.store, folder.texts] })
    const hostile = [
      { blob: '../../etc/passwd', at: 0, bytes: new Uint8Array(1) },
      { blob: 'a', at: -1, bytes: new Uint8Array(1) },
      { blob: 'a', at: 0, bytes: 'text' },
      { blob: 'a', at: 2 ** 40, bytes: new Uint8Array(1) },
      { blob: 'a', at: 0, bytes: new Uint8Array(2 ** 21) },
      undefined,
    ]
    for (const one of hostile) {
      const answer = await node.call(replicaAt('c1@localhost'), 'append', one as never)
      match(JSON.stringify(answer), /refused/)
    }
    equal(
      await node.call(replicaAt('c1@localhost'), 'read', { blob: 'a', at: -5, length: 1 }),
      undefined,
    )
    ok(Replica.messages.append)
    await folder.close()
  })
})
