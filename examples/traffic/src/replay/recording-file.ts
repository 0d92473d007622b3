/**
 * replay/recording-file: the recording in a file, plain or compressed with gzip.
 *
 * Which of the two it is is told by the first bytes, not by the name. A file that cannot be
 * read, or breaks off, is a verdict and not a throw.
 */

import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { type RecordingVerdict, readRecording } from './recording.js'

const GZIP_MARK = Buffer.from([0x1f, 0x8b])

/** The recording in this file, or why there is none. */
export async function openRecording(path: string): Promise<RecordingVerdict> {
  try {
    return (await isGzip(path)) ? await readGzip(path) : await readRecording(createReadStream(path))
  } catch (error) {
    return { kind: 'refused', problem: error instanceof Error ? error.message : String(error) }
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer.equals(GZIP_MARK)
  } finally {
    await file.close()
  }
}

/** A pipeline carries the faults of the file and of the decompression to one place. */
async function readGzip(path: string): Promise<RecordingVerdict> {
  let verdict: RecordingVerdict | undefined
  await pipeline(createReadStream(path), createGunzip(), async (bytes: AsyncIterable<Buffer>) => {
    verdict = await readRecording(bytes)
  })
  return verdict ?? { kind: 'refused', problem: 'the file is empty' }
}
