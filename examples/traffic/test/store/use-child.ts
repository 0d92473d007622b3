/**
 * test/store/use-child: a program that opens a data folder, loads, changes and removes much, and
 * opens it again. It says `sound`, or `refused` with the reason; a file that ends the program in
 * another way ends only this child.
 */

import { reportOf } from '#test/store/data-folder'
import { openArchive } from '#traffic/store/archive'

const folder = process.argv[2] ?? ''
const opened = (nowMs: number) =>
  openArchive({ folder, expireAfterMs: 50_000, wallMs: () => nowMs, nowMs: () => 0 })

async function use(): Promise<string> {
  const archive = await opened(1_000_000)
  if (archive.kind === 'refused') return `refused ${archive.problem}`
  const { table, writeBehind, environment } = archive
  for (let round = 0; round < 24; round += 1) {
    for (let i = 0; i < 400; i += 1) {
      if (round % 6 > 0 && i % 11 !== round % 11) continue
      table.put(reportOf(`vehicle-${i}`, round, 2_000_000 + round * 10_000))
    }
    table.expire(2_000_000 + round * 10_000, 50)
    await writeBehind?.flush()
    await environment?.emergencies.put(`round-${round}`, Buffer.alloc(300))
  }
  const failing = writeBehind?.stats().failing
  await archive.close()
  if (failing !== undefined) return `failing ${failing}`
  const again = await opened(3_000_000)
  if (again.kind === 'refused') return `refused later ${again.problem}`
  await again.close()
  return again.table.size === table.size ? 'sound' : `lost ${table.size - again.table.size}`
}

process.stdout.write(`${await use()}\n`)
