/**
 * replay/recording-file under a fuzzer: a file, compressed or not, is read as the plain way reads
 * what is in it, or refused whole; it never throws.
 */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { damagedBytes, type SlowFuzzer } from '@troupe/tools/fuzz'
import fc from 'fast-check'
import { keptLines } from '#test/corpus'
import { type PlainRecording, plainRecording } from '#test/replay/plain-recording'
import { keptRecordings } from '#test/replay/recording-fuzz'
import { dataFolder } from '#test/store/data-folder'
import { openRecording } from '#traffic/replay/recording-file'

const ROWS_MAX = 5_000_000
const REFUSED: PlainRecording = { rows: undefined, refused: {} }

/** What is in a file; undefined when its compression is broken. */
function contentOf(bytes: Buffer): Buffer | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes)
  } catch {
    return undefined
  }
}

async function recordingOf(path: string): Promise<PlainRecording> {
  const verdict = await openRecording(path)
  if (verdict.kind === 'refused') return REFUSED
  const { rows, refused } = verdict.recording
  return { rows, refused: Object.fromEntries(refused) }
}

const sound = keptRecordings.flatMap((bytes) => [gzipSync(bytes), gzipSync(bytes, { level: 0 })])

/** The fuzzer, with a file in a folder of its own. */
export function recordingFileFuzzer(t: TestContext): SlowFuzzer<Buffer> {
  const path = join(dataFolder(t), 'recording')
  return {
    corpus: 'examples/traffic/test/corpus/recording-files.txt',
    kept: keptLines('recording-files').map((line) => Buffer.from(line, 'base64')),
    inputs: fc.oneof(
      { weight: 6, arbitrary: damagedBytes(sound) },
      { weight: 1, arbitrary: damagedBytes([...sound, ...keptRecordings]) },
    ),
    async judge(bytes) {
      writeFileSync(path, bytes)
      const content = contentOf(bytes)
      const plain = content === undefined ? REFUSED : plainRecording(content, ROWS_MAX)
      assert.deepEqual(await recordingOf(path), plain)
    },
    line: (bytes) => bytes.toString('base64'),
  }
}
