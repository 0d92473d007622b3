/**
 * test/store/damage: data files and what can happen to their bytes.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { archiveIn, dataFolder, reportOf } from '#test/store/data-folder'
import { checkDataFile } from '#traffic/store/data-file'
import { FILE_NAME } from '#traffic/store/environment'

export const PAGE = 4_096

/** Bytes of a file with a history: branches, free pages, emergencies, gaps between slots. */
export async function sampleFile(t: TestContext, vehicles: number): Promise<Buffer> {
  const folder = dataFolder(t)
  const archive = await archiveIn(folder, 1_000_000, 50_000)
  for (let round = 0; round < 8; round += 1) {
    for (let i = 0; i < vehicles; i += 1) {
      if (round > 0 && (i * 7 + round) % 5 > 0) continue
      archive.table.put(reportOf(`vehicle-${i}`, round, 900_000 + round * 10_000))
    }
    if (round === 4) archive.table.expire(1_000_000, 10)
    await archive.writeBehind?.flush()
    await archive.environment?.emergencies.put(`e-${round}`, Buffer.alloc(40 * round, round))
  }
  await archive.environment?.emergencies.put('long', Buffer.alloc(20_000, 1))
  await archive.close()
  return readFileSync(join(folder, FILE_NAME))
}

/** What loading a file says: the code of its refusal, or all of its positions. */
export function loaded(path: string): {
  readonly code?: string
  readonly reason?: string
  readonly positions: string
} {
  const lines: string[] = []
  const refusal = checkDataFile(path, (slot, report) => {
    lines.push(`${slot} ${JSON.stringify(report)}`)
  })
  const positions = lines.join('\n')
  return refusal === undefined
    ? { positions }
    : { code: refusal.code, reason: refusal.problem, positions: '' }
}

/** Deterministic numbers; a failing test prints its seed. */
export function chanceOf(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0
    return ((state ^ (state >>> 13)) >>> 0) % below
  }
}

/** One way in which a file goes bad. */
export type Damage = 'bit' | 'head' | 'cut' | 'zeros' | 'noise' | 'swap'
export const DAMAGES: readonly Damage[] = ['bit', 'head', 'cut', 'zeros', 'noise', 'swap']

/** The bytes with this damage somewhere. */
export function damaged(good: Buffer, damage: Damage, below: (most: number) => number): Buffer {
  const bytes = Buffer.from(good)
  const at = below(bytes.length)
  switch (damage) {
    case 'bit':
      bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8))
      return bytes
    case 'head': {
      const inHead = [0, PAGE / 2, PAGE][below(3)] ?? 0
      const byte = inHead + below(170)
      bytes[byte] = (bytes[byte] ?? 0) ^ (1 << below(8))
      return bytes
    }
    case 'cut':
      return bytes.subarray(0, 1 + at)
    case 'zeros':
      return bytes.fill(0, at - (at % 512), at - (at % 512) + 512)
    case 'noise':
      for (let i = at; i < Math.min(at + 16, bytes.length); i += 1) bytes[i] = below(256)
      return bytes
    case 'swap': {
      // A sector that was written to the place of another.
      const from = below(bytes.length / 512) * 512
      bytes.copyWithin(at - (at % 512), from, from + 512)
      return bytes
    }
  }
}

export function writeDamaged(path: string, bytes: Buffer): string {
  writeFileSync(path, bytes)
  return path
}

/** Where things stand in a good file, read without the code that is judged. */
export function layoutOf(bytes: Buffer) {
  const transaction = (head: number) => bytes.readUInt32LE(head + 152)
  const head = transaction(0) > transaction(PAGE) ? 0 : PAGE
  const nodes = (page: number) => {
    const count = bytes.readUInt16LE(page * PAGE + 20) / 2
    return Array.from({ length: count }, (_, i) => {
      const at = page * PAGE + 24 + bytes.readUInt16LE(page * PAGE + 24 + 2 * i)
      return { at, key: bytes.subarray(at + 8, at + 8 + bytes.readUInt16LE(at + 6)) }
    })
  }
  const freeRoot = bytes.readUInt32LE(head + 88)
  const names = nodes(bytes.readUInt32LE(head + 136))
  const named = names.find(({ key }) => key.toString('latin1').startsWith('positions'))
  const tree = (named?.at ?? 0) + 8 + (named?.key.length ?? 0)
  const root = bytes.readUInt32LE(tree + 40)
  const children = nodes(root)
  const leaves = children.map(({ at }) => bytes.readUInt32LE(at))
  return { head, freeRoot, tree, children, leaves, nodes }
}
