/**
 * page/pages/process/mailbox: what waits in the queues of a process, the oldest first.
 *
 * Payloads are shown where the node shows them and the viewer may see them.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { count, duration } from '#page/base/format'
import { Badge } from '#page/kit/basics'
import { PidLink } from '#page/kit/links'
import { session } from '#page/live/api'
import type { ToldMessage, ToldProcess } from '#page/model/told'
import { valueInShort } from '#page/model/value-tree'
import { Heat } from '#page/pages/parts/process-columns'
import { ValueTree } from '#page/pages/parts/value-tree'
import { Nothing, Pane } from './pane.js'

const QUEUES = ['urgent', 'system', 'main', 'log'] as const

export function MailboxCard({ sheet }: { readonly sheet: ToldProcess }): VNode {
  const { mailbox, waiting } = sheet
  const total = QUEUES.reduce((sum, queue) => sum + mailbox[queue], 0)
  const limit = Number(mailbox.lengthMax)
  return (
    <Pane
      title="Mailbox"
      height="tall"
      note={
        <span class="figure">
          {total > waiting.length ? `the first ${waiting.length} of ${count(total)}` : count(total)}
          {Number.isFinite(limit) && ` (limit ${count(limit)})`}
        </span>
      }
    >
      <ul class="queues" aria-label="Messages in each queue">
        {QUEUES.map((queue) => (
          <li key={queue}>
            <span class="quiet">{queue}</span>{' '}
            <Heat of="mailbox" value={mailbox[queue]} text={count(mailbox[queue])} />
          </li>
        ))}
      </ul>
      {waiting.length === 0 && <Nothing>Nothing waits.</Nothing>}
      <ol class="messages">
        {waiting.map((message, place) => (
          <Message key={place} message={message} />
        ))}
      </ol>
      {waiting.length > 0 && waiting.every(({ payload }) => payload === undefined) && (
        <Nothing>{whyNoPayloads()}</Nothing>
      )}
    </Pane>
  )
}

const whyNoPayloads = (): string =>
  session.value?.capabilities.includes('payloads') === true
    ? 'The node does not show payloads (option system.payloads).'
    : 'Payloads are hidden: this Observer does not have the capability "payloads".'

/** In one line; its payload is unfolded when it is pressed. */
function Message({ message }: { readonly message: ToldMessage }): VNode {
  const { queue, from, isRequest, waitedMs, payload } = message
  const isOpen = useSignal(false)
  const toggle = (): void => {
    isOpen.value = !isOpen.value
  }
  return (
    <li class="message">
      <div class="message-head">
        <span class="mono message-name">{message.message}</span>
        {isRequest && <Badge tone="accent">request</Badge>}
        {queue !== 'main' && <Badge>{queue}</Badge>}
        <span class="message-from">
          {from === undefined ? <span class="quiet">the node</span> : <PidLink pid={from} />}
        </span>
        {payload !== undefined && (
          <button
            type="button"
            class="message-short mono"
            aria-expanded={isOpen.value}
            onClick={toggle}
          >
            {valueInShort(unwrapped(payload))}
          </button>
        )}
        <Heat of="wait" value={waitedMs} text={duration(waitedMs)} />
      </div>
      {isOpen.value && <ValueTree value={unwrapped(payload)} label="Payload" />}
    </li>
  )
}

/** A payload that is no object travels as `{ value }`. */
function unwrapped(payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null) return payload
  const keys = Object.keys(payload)
  return keys.length === 1 && 'value' in payload ? payload.value : payload
}
