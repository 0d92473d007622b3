/**
 * testing/recorded-relations: links, monitors, names and aliases, written down.
 */
import { Alias, type ProcessContext, type Ref, type Replier, type Target } from '#contract'
import type { Demonitored, Linked, Monitored, Registered } from './journal.js'
import { recordedReplier } from './recorded-sending.js'
import type { Recorder } from './recorder.js'

/** The verbs by which a process is bound to others and gets addresses. */
export function recordedRelations(recorder: Recorder, real: ProcessContext) {
  const { journal } = recorder
  return {
    replyLater: (): Replier => recordedReplier(recorder, real.replyLater()),
    link(target: Target): void {
      real.link(target)
      journal.add<Linked>({ kind: 'linked', target })
    },
    unlink(target: Target): void {
      real.unlink(target)
      journal.add<Linked>({ kind: 'unlinked', target })
    },
    monitor(target: Target): Ref {
      const ref = real.monitor(target)
      journal.add<Monitored>({ kind: 'monitored', target, ref })
      return ref
    },
    demonitor(ref: Ref): boolean {
      journal.add<Demonitored>({ kind: 'demonitored', ref })
      return real.demonitor(ref)
    },
    ...addresses(recorder, real),
  }
}

function addresses({ journal }: Recorder, real: ProcessContext) {
  return {
    register(name: string): void {
      real.register(name)
      journal.add<Registered>({ kind: 'registered', what: 'name', name, alias: undefined })
    },
    unregister(): void {
      const name = real.name ?? ''
      real.unregister()
      journal.add<Registered>({ kind: 'unregistered', what: 'name', name, alias: undefined })
    },
    createAlias(): Alias {
      const alias = real.createAlias()
      const name = Alias.format(alias)
      journal.add<Registered>({ kind: 'registered', what: 'alias', name, alias })
      return alias
    },
    deleteAlias(alias: Alias): void {
      real.deleteAlias(alias)
      const name = Alias.format(alias)
      journal.add<Registered>({ kind: 'unregistered', what: 'alias', name, alias })
    },
  }
}
