/**
 * apps/system/profiling: profiles of a node, one at a time, for those that may change it.
 *
 * Looking at the stack costs the whole program some of its time: whoever may only look may not.
 * Each is written into the audit.
 */
import type { ProfileQuestion, ProfileSheet } from '#cluster/remote/figure-sheets'
import { type NodeInspection, type ProcessContext, requireOption, TroupeError } from '#contract'
import type { Access, Asker } from './access.js'
import type { AuditTrail } from './audit-trail.js'
import { readProfile } from './profile-reading.js'
import type { ProgramProfile } from './program-profile.js'
import { readCount, readQuestion, readWord, told } from './reading.js'

const FOR_MS_DEFAULT = 5_000
const FOR_MS_MAX = 30_000
/** Between two looks: a profile has a few thousand, however long it takes. */
const EVERY_US_MIN = 500
const SAMPLES_MAX = 6_000
const OPERATION = 'system.profile'
const KINDS = ['cpu', 'heap'] as const

/** What profiling works with. */
export interface ProfilingParts {
  readonly inspection: NodeInspection
  readonly access: Access
  readonly audit: AuditTrail
  readonly profile: ProgramProfile
}

export class Profiling {
  readonly #parts: ProfilingParts
  readonly #context: ProcessContext
  #endsMs: number | undefined = undefined
  #end: (() => void) | undefined = undefined

  constructor(parts: ProfilingParts, context: ProcessContext) {
    this.#parts = parts
    this.#context = context
  }

  /** NOT_ALLOWED, INSPECTION_LIMITED while another one runs, OPTION_INVALID. */
  async take(asker: Asker, given: unknown): Promise<ProfileSheet> {
    const { audit } = this.#parts
    const asked = readProfileQuestion(given)
    const subject = asked.kind === 'cpu' ? `cpu for ${asked.forMs} ms` : asked.kind
    try {
      this.#requireAllowed(asker)
      const sheet = asked.kind === 'heap' ? this.#heap() : await this.#cpu(asker, asked.forMs)
      audit.record({ ...asker, operation: OPERATION, subject, outcome: 'done' })
      return sheet
    } catch (thrown) {
      const outcome = TroupeError.is(thrown) ? thrown.code : 'failed'
      audit.record({ ...asker, operation: OPERATION, subject, outcome })
      throw thrown
    }
  }

  /** The process ends: nobody waits any more. */
  stop(): void {
    this.#end?.()
    this.#parts.profile.stop()
  }

  #requireAllowed({ node }: Asker): void {
    const { inspection, access } = this.#parts
    const { name } = inspection.node
    if (node === name || access.mayManage(node)) return
    const problem = `the option system.manage of ${name} does not name ${node}`
    throw new TroupeError('NOT_ALLOWED', { operation: OPERATION, problem })
  }

  #heap(): ProfileSheet {
    const { spaces, collections } = this.#parts.profile.heap()
    return { kind: 'heap', tookMs: 0, samples: 0, rows: [], flame: [], spaces, collections }
  }

  #cpu(asker: Asker, forMs: number): Promise<ProfileSheet> {
    const { inspection, access, profile } = this.#parts
    const { clock } = inspection
    const startMs = clock.nowMs()
    if (this.#endsMs !== undefined) {
      const leftMs = Math.max(1, Math.ceil(this.#endsMs - startMs))
      throw access.limited(asker, 'a profile is being taken', leftMs)
    }
    const finish = profile.cpu(Math.max(EVERY_US_MIN, Math.ceil((forMs * 1_000) / SAMPLES_MAX)))
    this.#endsMs = startMs + forMs
    return new Promise((resolve, reject) => {
      const end = (): void => {
        if (this.#end !== end) return
        this.#end = undefined
        this.#endsMs = undefined
        try {
          const found = readProfile(finish())
          const tookMs = clock.nowMs() - startMs
          resolve({ kind: 'cpu', tookMs, ...found, spaces: [], collections: [] })
        } catch (thrown) {
          reject(thrown)
        }
      }
      this.#end = end
      this.#context.after(forMs, end)
    })
  }
}

function readProfileQuestion(given: unknown): Required<ProfileQuestion> {
  const asked = readQuestion<ProfileQuestion>('profile', given, { kind: true, forMs: true })
  const kind = readWord('kind', asked.kind, KINDS)
  requireOption(kind !== undefined, 'kind', told(asked.kind), `one of ${KINDS.join(', ')}`)
  const most = { least: 1, most: FOR_MS_MAX, otherwise: FOR_MS_DEFAULT }
  return { kind: kind as 'cpu' | 'heap', forMs: readCount('forMs', asked.forMs, most) }
}
