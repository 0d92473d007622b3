/**
 * cluster/leader/election-words: what voters say to each other, and the check of what comes.
 *
 * The sender is never in a word: it is the node that the connection proved. Knows nothing of
 * elections. Limits: `VOTERS_MAX` voters, names of `NODE_BYTES_MAX` bytes.
 *
 * @source Raft (Ongaro) 3.4, 9.6; "Logless dynamic reconfiguration" (Schultz and others) for the
 *   number of a set of voters
 */

/** Voters of one cluster; more make every heartbeat dearer and nothing safer. */
export const VOTERS_MAX = 31
const NODE_BYTES_MAX = 512

/** The voters, and which change of them that is: a later one outweighs an earlier one. */
export interface Electorate {
  /** The term of the leader that made it; 0: as the options say. */
  readonly term: number
  readonly change: number
  readonly voters: readonly string[]
}

interface Numbered {
  /** Of the sender; in a question for a vote the term that is stood for. */
  readonly term: number
  /** Which question this is, or which one it answers. */
  readonly round: number
}

/** One question for a vote; `pre`: whether it would be given, which binds nobody. */
export interface Ask extends Numbered {
  readonly kind: 'ask'
  readonly pre: boolean
  readonly electorate: Electorate
}

export interface Answer extends Numbered {
  readonly kind: 'answer'
  readonly pre: boolean
  readonly granted: boolean
  /** How long the voter is still bound to its leader; 0: that is not the reason. */
  readonly boundMs: number
  readonly electorate: Electorate
}

/** A leader leads. */
export interface Heartbeat extends Numbered {
  readonly kind: 'heartbeat'
  readonly electorate: Electorate
}

/** A heartbeat was heard; which set of voters is kept. A higher term says that it is over. */
export interface Ack extends Numbered {
  readonly kind: 'ack'
  readonly votersTerm: number
  readonly votersChange: number
}

/** A voter that has forgotten everything asks what there was; `life` is chance, anew each start. */
export interface Hello extends Numbered {
  readonly kind: 'hello'
  readonly life: number
}

export interface Known extends Numbered {
  readonly kind: 'known'
  /** It has forgotten everything itself, and has promised nothing since. */
  readonly fresh: boolean
  /** It has seen that all voters were fresh at one time, the asker in the life that asks too. */
  readonly cold: boolean
  readonly life: number
  readonly electorate: Electorate
}

/** The leader of this term leads no longer; `successor` should stand at once. */
export interface Resign extends Numbered {
  readonly kind: 'resign'
  readonly successor: string
}

/** A node that does not vote wants to follow. */
export interface Join extends Numbered {
  readonly kind: 'join'
}

export type Word = Ask | Answer | Heartbeat | Ack | Hello | Known | Resign | Join

type Fields = Readonly<Record<string, unknown>>

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'

/** What may be the name of a node, as far as an election goes. */
export const isNodeName = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= NODE_BYTES_MAX

/** Names, each once, at least one, at most `VOTERS_MAX`. */
export function isVoters(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > VOTERS_MAX) return false
  return value.every(isNodeName) && new Set(value).size === value.length
}

function isElectorate(value: unknown): value is Electorate {
  if (typeof value !== 'object' || value === null) return false
  const { term, change, voters } = value as Fields
  return isCount(term) && isCount(change) && isVoters(voters)
}

type Check = (fields: Fields) => boolean

const isNumberOfVoters: Check = ({ votersTerm, votersChange }) =>
  isCount(votersTerm) && isCount(votersChange)

const CHECKS: Readonly<Record<Word['kind'], Check>> = Object.freeze({
  ask: ({ pre, electorate }) => isFlag(pre) && isElectorate(electorate),
  answer: ({ pre, granted, boundMs, electorate }) =>
    isFlag(pre) && isFlag(granted) && isDelay(boundMs) && isElectorate(electorate),
  heartbeat: ({ electorate }) => isElectorate(electorate),
  ack: isNumberOfVoters,
  hello: ({ life }) => isCount(life),
  known: ({ fresh, cold, life, electorate }) =>
    isFlag(fresh) && isFlag(cold) && isCount(life) && isElectorate(electorate),
  resign: ({ successor }) => typeof successor === 'string' && successor.length <= NODE_BYTES_MAX,
  join: () => true,
})

const isDelay = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && Number.isFinite(value)

/** What came over the wire as a word, checked whole; undefined: it is none. */
export function readWord(value: unknown): Word | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Fields
  const { kind, term, round } = fields
  if (typeof kind !== 'string' || !Object.hasOwn(CHECKS, kind)) return undefined
  if (!isCount(term) || !isCount(round)) return undefined
  return CHECKS[kind as Word['kind']](fields) ? (value as Word) : undefined
}

/** Below 0: `left` is the earlier of two sets of voters; 0: they are the same one. */
export function laterVoters(
  left: { readonly term: number; readonly change: number },
  right: { readonly term: number; readonly change: number },
): number {
  return left.term === right.term ? left.change - right.change : left.term - right.term
}
