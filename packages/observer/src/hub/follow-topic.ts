/**
 * hub/follow-topic: what happens at a node, followed once for all who look.
 *
 * The node tells the process of the Observer; each viewer is told the same frame.
 */
import { Audience } from './audience.js'
import { NodeFollow } from './node-follow.js'
import type { Verbs } from './verbs.js'
import type { Viewer } from './viewer.js'

export interface FollowParts {
  readonly subject: string
  readonly node: string
  readonly payload: unknown
  readonly verbs: Verbs
  /** A record as viewers see it; undefined: it is not for them. */
  readonly shown: (record: unknown) => unknown
}

export class FollowTopic {
  readonly #audience: Audience
  readonly #follow: NodeFollow

  constructor({ subject, node, payload, verbs, shown }: FollowParts) {
    const audience = new Audience(subject)
    this.#audience = audience
    this.#follow = new NodeFollow({
      ...{ node, payload, verbs },
      begun: () => {
        audience.setProblem(undefined)
        audience.begin()
      },
      told: (records, leftOut) => {
        const seen = records.map(shown).filter((record) => record !== undefined)
        if (seen.length > 0 || leftOut > 0) audience.tell(seen, leftOut)
      },
      failed: (problem) => audience.setProblem(problem),
    })
  }

  get size(): number {
    return this.#audience.size
  }

  add(viewer: Viewer): void {
    this.#audience.add(viewer)
    if (this.#follow.isOn) this.#audience.begin(undefined, viewer)
    this.#follow.start()
  }

  remove(viewer: Viewer): void {
    if (this.#audience.remove(viewer) && this.#audience.size === 0) this.#follow.stop()
  }
}
