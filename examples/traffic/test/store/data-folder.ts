/**
 * test/store/data-folder: a folder of its own for a test, and archives in it.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Archive, openArchive } from '#traffic/store/archive'
import type { Report } from '#traffic/store/position-table'

/** A folder that goes with the test. */
export function dataFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'traffic-data-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** An archive that must open; closed with the test when it was not before. */
export async function archiveIn(
  folder: string | undefined,
  wallMs = 1_000_000,
  expireAfterMs?: number,
): Promise<Archive> {
  const archive = await openArchive({ folder, expireAfterMs, wallMs: () => wallMs, nowMs: () => 0 })
  if (archive.kind === 'refused') assert.fail(archive.problem)
  return archive
}

export const reportOf = (id: string, sequence: number, receivedAtMs = sequence): Report => ({
  position: { id, latitude: sequence % 90, longitude: sequence % 180, emergency: false },
  receivedAtMs,
  sequence,
})
