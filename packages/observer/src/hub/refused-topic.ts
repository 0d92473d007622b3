/**
 * hub/refused-topic: a subject of a stream that cannot be told: its viewers are told why, once.
 *
 * What a viewer may not see, or has mistyped, must not take from him what else he looks at.
 */
import type { Problem } from '#observer/contract/api'
import { eventFrame, type Frame } from './frame.js'
import type { AnyTopic } from './hub.js'
import type { Told, Viewer } from './viewer.js'

export class RefusedTopic implements AnyTopic, Told {
  readonly frame: Frame
  readonly #viewers = new Set<Viewer>()

  constructor(subject: string, problem: Problem) {
    this.frame = eventFrame({ kind: 'problem', subject, problem })
  }

  get size(): number {
    return this.#viewers.size
  }

  add(viewer: Viewer): void {
    if (this.#viewers.has(viewer)) return
    this.#viewers.add(viewer)
    viewer.changed(this)
  }

  remove(viewer: Viewer): void {
    if (this.#viewers.delete(viewer)) viewer.forget(this)
  }
}
