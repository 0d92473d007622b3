/**
 * cluster/leader/ballot-file: the ballot of one voter in a file of its own.
 *
 * A new file is written, forced to the disk and moved over the old one, and then the folder is
 * forced, too: after a loss of power there is the old ballot or the new one, whole. A file that
 * cannot be read is never taken for none: who forgets its vote may vote twice.
 *
 * Limit: one file for each voter; two programs on one file are not told from one.
 *
 * @source Raft 5.1 (persistent state); Pillai and others, "All file systems are not created equal"
 */
import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import {
  type Ballot,
  type BallotStorage,
  describeThrown,
  requireObject,
  requireText,
  TroupeError,
} from '#contract'

/** Where the ballot is kept. */
export interface BallotFileOptions {
  /** The file; its folder is made when it is not there. Of one voter only. */
  readonly path: string
}

const FORMAT = 'troupe-ballot-1'

/** Saves of one file go one after another, also those of two storages of it in this program. */
const tails = new Map<string, Promise<unknown>>()

/**
 * Keeps the ballot in a file, so that a voter that is started again still knows its vote.
 *
 * `save` settles when the ballot is on the disk. `load` rejects with BALLOT_INVALID for a file
 * that is damaged or not a ballot; remove it only when you know that this voter's old votes are
 * over: the guide tells how. Throws OPTION_INVALID.
 *
 * @example const storage = ballotFile({ path: 'data/jobs.ballot' })
 * @source Raft 5.1
 */
export function ballotFile(options: BallotFileOptions): BallotStorage {
  requireObject('options', options)
  requireText('path', options.path)
  const path = resolve(options.path)
  return Object.freeze({
    load: () => inTurn(path, () => load(path)),
    save: (ballot: Ballot) => inTurn(path, () => save(path, ballot)),
  })
}

function inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
  const done = (tails.get(path) ?? Promise.resolve()).then(work)
  const tail = done.catch(() => {})
  tails.set(path, tail)
  void tail.then(() => {
    if (tails.get(path) === tail) tails.delete(path)
  })
  return done
}

async function load(path: string): Promise<Ballot | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (thrown) {
    if (isCode(thrown, 'ENOENT')) return undefined
    throw invalid(path, describeThrown(thrown))
  }
  const [format, sum, ...rest] = text.split('\n')
  if (format !== FORMAT) throw invalid(path, 'it does not begin as a ballot')
  const body = rest.join('\n')
  if (sum !== checksum(body)) throw invalid(path, 'its checksum is wrong: it is damaged')
  return readBallot(path, body)
}

function readBallot(path: string, body: string): Ballot {
  try {
    const ballot = JSON.parse(body) as Fields
    if (CHECKS.every((holds) => holds(ballot))) return ballot as unknown as Ballot
  } catch {
    // As good as one of the wrong shape.
  }
  throw invalid(path, 'it has no term, vote and voters')
}

type Fields = Readonly<Record<string, unknown>>

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0

const isNode = (node: unknown): boolean => node === undefined || typeof node === 'string'

const CHECKS: readonly ((ballot: Fields) => boolean)[] = [
  ({ term }) => isCount(term),
  ({ votersTerm }) => isCount(votersTerm),
  ({ votersChange }) => isCount(votersChange),
  ({ votedFor }) => isNode(votedFor),
  ({ voters }) => voters === undefined || (Array.isArray(voters) && voters.every(isNode)),
]

async function save(path: string, ballot: Ballot): Promise<void> {
  const folder = dirname(path)
  const body = JSON.stringify(ballot)
  const next = `${path}.next`
  await mkdir(folder, { recursive: true })
  await forced(next, 'w', `${FORMAT}\n${checksum(body)}\n${body}`)
  await rename(next, path)
  await forced(folder, 'r')
}

/** Writes a file, or nothing, and waits until the disk has it. */
async function forced(path: string, flags: 'r' | 'w', text?: string): Promise<void> {
  const file = await open(path, flags, 0o600)
  try {
    if (text !== undefined) await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

const checksum = (body: string): string => createHash('sha256').update(body).digest('hex')

const invalid = (path: string, problem: string): TroupeError =>
  new TroupeError('BALLOT_INVALID', { path, problem })

const isCode = (thrown: unknown, code: string): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === code
