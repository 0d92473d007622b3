/**
 * leader/campaign-report: what the log is told of a campaign: what is rare, and each once.
 */
import { type Contender, describeThrown, TroupeError } from 'troupe'
import type { EtcdClient } from '#etcd/client/etcd-client'
import type { CampaignEffect, CampaignSettings } from './campaign-state.js'

/** Who says it, and of what. */
export interface ReportParts {
  readonly contender: Contender
  readonly client: EtcdClient
  readonly settings: CampaignSettings
}

type Told = Extract<
  CampaignEffect,
  { readonly kind: 'elected' | 'deposed' | 'rewound' | 'foreign' | 'held-up' | 'stranded' }
>

export class Report {
  readonly #parts: ReportParts
  #problem: string | undefined = undefined

  constructor(parts: ReportParts) {
    this.#parts = parts
  }

  /** Why etcd did not do what it was asked last; undefined: it did. */
  get problem(): string | undefined {
    return this.#problem
  }

  answered(): void {
    if (this.#problem === undefined) return
    this.#problem = undefined
    const { clusterId, log } = this.#parts.contender
    log.info('etcd answers again, and decides who leads', { clusterId })
  }

  failed(thrown: unknown): void {
    const isFirst = this.#problem === undefined
    this.#problem = describeThrown(thrown)
    if (!isFirst) return
    const { clusterId, log } = this.#parts.contender
    const code = TroupeError.is(thrown) ? thrown.code : undefined
    log.warning('etcd cannot be asked who leads', { clusterId, code, problem: this.#problem })
  }

  told(effect: Told): void {
    const { contender, client, settings } = this.#parts
    const { clusterId, log } = contender
    switch (effect.kind) {
      case 'elected':
        log.debug('etcd has made it the leader', { clusterId, term: effect.term })
        return
      case 'deposed':
        log.debug('its lead is over', { clusterId, term: effect.term, why: effect.why })
        return
      case 'rewound': {
        const { before, after } = effect
        const endpoints = client.endpoints.join(', ')
        const { code, message } = new TroupeError('ETCD_REWOUND', { endpoints, before, after })
        log.error(message, { clusterId, code })
        return
      }
      case 'foreign': {
        const { leader: key } = settings.keys
        log.error('the leader key was written by another hand', { clusterId, key })
        return
      }
      case 'held-up': {
        const { base: key } = settings.keys
        const { lease } = effect
        log.error('nobody leads beside a lease that lives: it may be who led last', {
          ...{ clusterId, key, lease },
        })
        return
      }
      case 'stranded': {
        const { voters: key } = settings.keys
        log.error('nobody leads, as none of the stored voters is known', {
          ...{ clusterId, key, voters: effect.voters },
        })
      }
    }
  }
}
