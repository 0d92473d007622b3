/**
 * coordinator/job-traces: in which trace a job came, until it is done.
 *
 * What a leader does for a job later belongs to the trace it was submitted in. Only traced jobs are
 * here. Limit: `TRACES_MAX`; the oldest are forgotten first.
 */

/** Runs something as a part of a trace. */
export type Within = <R>(run: () => R) => R

const TRACES_MAX = 1_000

const NOWHERE: Within = (run) => run()

export class JobTraces {
  readonly #traces = new Map<string, Within>()

  keep(job: string, within: Within): void {
    this.#traces.set(job, within)
    if (this.#traces.size <= TRACES_MAX) return
    const [oldest] = this.#traces.keys()
    if (oldest !== undefined) this.#traces.delete(oldest)
  }

  of(job: string): Within {
    return this.#traces.get(job) ?? NOWHERE
  }

  forget(job: string): void {
    this.#traces.delete(job)
  }
}
