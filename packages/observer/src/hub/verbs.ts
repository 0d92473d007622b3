/**
 * hub/verbs: what the Observer needs of the process it lives in, and who looks through it.
 */
import type { Capability } from '#observer/contract/api'

/** Who wants something: himself, and where he comes from. */
export interface Who {
  /** A user, or an address: many viewers of one place have its share together. */
  readonly place: string
  readonly key: string
}

/** A question to the process `system` of a node. */
export interface Question {
  readonly node: string
  /** As `systemProtocol` names it. */
  readonly request: string
  readonly payload?: unknown
  readonly timeoutMs: number
  /** The viewer it is asked for. */
  readonly by?: Who | undefined
}

/** What the process of the Observer does for its parts. */
export interface Verbs {
  /** The own node. */
  readonly own: string
  nowMs(): number
  wallMs(): number
  after(delayMs: number, run: () => void): { cancel(): boolean }
  ask(question: Question): Promise<unknown>
  /** Takes what a follow tells, until what it answers is called. */
  followed(
    node: string,
    follow: number,
    take: (told: Readonly<Record<string, unknown>>) => void,
  ): () => void
  /** Tells once that the process `system` of a node has ended, or that the node is lost. */
  watch(node: string, lost: () => void): () => void
  /** Tells what is wrong with the Observer itself. */
  warn(text: string, fields: Readonly<Record<string, unknown>>): void
}

/** Who looks, as far as it changes what is told. */
export interface View {
  /** The same for all who are told the same. */
  readonly id: string
  readonly surface: string
  readonly capabilities: readonly Capability[]
  /** Whether a node may be looked at. */
  mayLookAt(node: string): boolean
  /** False: nothing is left out. */
  readonly isNarrow: boolean
  /** Whose share it is taken of; it changes nothing of what is told. */
  readonly by?: Who
}

export const may = (view: View, capability: Capability): boolean =>
  view.capabilities.includes(capability)
