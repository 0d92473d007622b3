/**
 * store/folder-lock: one system for each data folder, also after one was killed.
 *
 * The lock is a file that names its holder: process id, the moment that process began as the
 * kernel counts it, and the life of the machine. A holder that is gone, or whose id belongs to
 * another process by now, holds nothing: its lock is taken over.
 * Limit: it knows the processes it can see. Two containers with one folder do not see each
 * other; the file stays sound even then, since lmdb has a lock of its own.
 */

import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DataRefusal, refuse } from './data-refusal.js'

/** Name of the lock inside of the folder. */
export const LOCK_NAME = 'traffic.lock'

/** A lock that is held. */
export interface FolderLock {
  readonly kind: 'held'
  /** Gives it up; the lock of somebody else is left alone. */
  release(): void
}

/** Who holds a lock: as it stands in the file. */
interface Holder {
  readonly pid: number
  /** Start of the process in ticks since the machine began; 0 where that is not told. */
  readonly startTicks: number
  /** Life of the machine; empty where that is not told. */
  readonly bootId: string
  readonly nonce: string
}

/**
 * Takes the lock of a folder that exists, or says who has it. Throws what the file system throws.
 *
 * @example const lock = takeFolderLock('traffic-data')
 */
export function takeFolderLock(folder: string, name = LOCK_NAME): FolderLock | DataRefusal {
  const path = join(folder, name)
  const self: Holder = {
    pid: process.pid,
    startTicks: startTicksOf(process.pid),
    bootId: bootId(),
    nonce: randomUUID(),
  }
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (claim(path, self)) return { kind: 'held', release: () => release(path, self) }
    const found = readHolder(path)
    if (found.kind === 'gone') continue
    if (found.kind === 'holder' && isAlive(found.holder)) return inUse(folder, found.holder)
    moveAway(path, found.text)
  }
  return refuse('DATA_IN_USE', folder, 'several systems want it at this moment')
}

const inUse = (folder: string, { pid }: Holder): DataRefusal =>
  refuse('DATA_IN_USE', folder, `it is in use by the process ${pid}`)

/** True when the lock is ours: a link is made with all of its content or not at all. */
function claim(path: string, self: Holder): boolean {
  const draft = `${path}.${self.nonce}`
  try {
    writeFileSync(draft, JSON.stringify(self))
    linkSync(draft, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

type Found =
  | { readonly kind: 'gone' }
  | { readonly kind: 'holder'; readonly holder: Holder; readonly text: string }
  | { readonly kind: 'unreadable'; readonly text: string }

function readHolder(path: string): Found {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'gone' }
    throw error
  }
  const holder = parseHolder(text)
  return holder === undefined ? { kind: 'unreadable', text } : { kind: 'holder', holder, text }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, startTicks, bootId, nonce } = JSON.parse(text) as Partial<Holder>
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1) return undefined
    if (typeof startTicks !== 'number' || typeof bootId !== 'string') return undefined
    return typeof nonce === 'string' ? { pid, startTicks, bootId, nonce } : undefined
  } catch {
    return undefined
  }
}

/** Whether the process that took the lock still runs; not merely one with its id. */
function isAlive(holder: Holder): boolean {
  if (holder.bootId !== bootId()) return false
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    // A process of somebody else may not be signalled, and lives.
    if (codeOf(error) !== 'EPERM') return false
  }
  return holder.startTicks === startTicksOf(holder.pid)
}

/** Takes a dead lock away; puts it back when it turns out to be another by now. */
function moveAway(path: string, dead: string): void {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  try {
    if (readFileSync(aside, 'utf8') !== dead) linkSync(aside, path)
  } finally {
    rmSync(aside, { force: true })
  }
}

function release(path: string, self: Holder): void {
  const found = readHolder(path)
  if (found.kind === 'holder' && found.holder.nonce === self.nonce) rmSync(path, { force: true })
}

/** Field 22 of the kernel's line about a process, behind its name in parentheses. */
function startTicksOf(pid: number): number {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
    return Number(fields[19] ?? 0)
  } catch {
    return 0
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return ''
  }
}

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown } | undefined)?.code
