/**
 * page/kit/action: orders for a node, as buttons; what destroys something asks first.
 */
import { useSignal } from '@preact/signals'
import type { ComponentChildren, VNode } from 'preact'
import { useEffect, useId } from 'preact/hooks'
import type { Capability, ManageRequest, Problem } from '#observer/contract/api'
import { manage, session } from '#page/live/api'
import { isDown } from '#page/live/presence'
import { Button, ProblemBox } from './basics.js'
import { Dialog } from './dialog.js'
import type { IconName } from './icon.js'
import { tell } from './toast.js'

/** What an order is about, and how it is asked for. */
export interface ActionProps {
  readonly node: string
  readonly label: string
  /** Stands above the window that asks; default the label. */
  readonly title?: string
  readonly order: ManageRequest['order']
  /** One sentence: what will happen. */
  readonly words?: ComponentChildren
  /** It destroys something: this has to be typed. */
  readonly confirm?: string
  readonly icon?: IconName
  readonly kind?: 'plain' | 'strong' | 'danger' | 'bare'
  readonly disabled?: boolean
  /** What is still wrong with its fields: said below them, and nothing is sent. */
  readonly notYet?: string | undefined
  /** What the viewer has to be allowed; default `manage`. */
  readonly needs?: Capability
  /** It was done, and its window is still looked at. */
  readonly onDone?: (value: unknown, order: ManageRequest['order']) => void
  /** The window that asks is opened: fields begin anew. */
  readonly onOpen?: () => void
  /** Fields that belong to it. */
  readonly children?: ComponentChildren
}

/** Why an order cannot be given by this viewer; undefined: it can. */
export function whyNot(node: string, needs: Capability = 'manage'): string | undefined {
  const who = session.value
  if (who === undefined) return 'Not known yet who you are'
  if (!who.capabilities.includes(needs)) {
    return needs === 'manage' ? 'This Observer is read-only' : `This needs the capability ${needs}`
  }
  return isDown(node) ? `${node} is down` : undefined
}

/**
 * Gives an order, and knows how that went. An answer may come when its window has been closed, or
 * left with its view: then it is told like any other, and nothing more comes of it.
 */
function useOrder(props: ActionProps, asks: boolean) {
  const isOpen = useSignal(false)
  const problem = useSignal<Problem | undefined>(undefined)
  const isBusy = useSignal(false)
  useEffect(
    () => () => {
      isOpen.value = false
    },
    [],
  )
  const run = async (): Promise<void> => {
    isBusy.value = true
    const { node, order, confirm } = props
    const answer = await manage(node, confirm === undefined ? { order } : { order, confirm })
    isBusy.value = false
    if (answer.kind === 'problem') {
      problem.value = answer.problem
      if (!isOpen.value) tell({ tone: 'bad', text: `${props.label}: ${answer.problem.message}` })
      return
    }
    tell({ tone: 'good', text: `${props.label}: done` })
    if (asks && !isOpen.value) return
    isOpen.value = false
    props.onDone?.(answer.value.value, order)
  }
  const press = (): void => {
    problem.value = undefined
    if (!asks) {
      void run()
      return
    }
    props.onOpen?.()
    isOpen.value = true
  }
  return { isOpen, problem, isBusy, run, press }
}

/** A button that has something done; with `words` or `confirm` it asks first. */
export function Action(props: ActionProps): VNode {
  const { isOpen, problem, isBusy, run, press } = useOrder(
    props,
    props.words !== undefined || props.confirm !== undefined,
  )
  const refused = whyNot(props.node, props.needs)
  return (
    <>
      <Button
        onPress={press}
        kind={props.kind ?? (props.confirm === undefined ? 'plain' : 'danger')}
        disabled={refused !== undefined || props.disabled === true || isBusy.value}
        title={refused}
        {...(props.icon === undefined ? {} : { icon: props.icon })}
      >
        {props.label}
      </Button>
      {isOpen.value && (
        <Ask
          {...props}
          problem={problem.value}
          busy={isBusy.value}
          onRun={() => void run()}
          onClose={() => {
            isOpen.value = false
          }}
        />
      )}
    </>
  )
}

function Ask({
  label,
  title = label,
  words,
  confirm,
  notYet,
  children,
  problem,
  busy,
  onRun,
  onClose,
}: ActionProps & {
  readonly problem: Problem | undefined
  readonly busy: boolean
  readonly onRun: () => void
  readonly onClose: () => void
}): VNode {
  const typed = useSignal('')
  const confirmed = confirm === undefined || typed.value === confirm
  const ready = !busy && notYet === undefined && confirmed
  const submit = (event: Event): void => {
    event.preventDefault()
    if (ready) onRun()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="form" onSubmit={submit}>
        {words !== undefined && <p>{words}</p>}
        {children}
        {confirm !== undefined && <Confirm subject={confirm} typed={typed} />}
        {notYet !== undefined && <p class="form-hint">{notYet}</p>}
        {problem !== undefined && <ProblemBox problem={problem} />}
        <div class="form-actions">
          <Button onPress={onClose}>Cancel</Button>
          <Submit label={label} ready={ready} destroys={confirm !== undefined} />
        </div>
      </form>
    </Dialog>
  )
}

function Submit({
  label,
  ready,
  destroys,
}: {
  readonly label: string
  readonly ready: boolean
  readonly destroys: boolean
}): VNode {
  const kind = destroys ? 'button-danger-strong' : 'button-strong'
  return (
    <button type="submit" class={`button ${kind}`} disabled={!ready}>
      {label}
    </button>
  )
}

/** The subject has to be typed, so that nothing is destroyed by a slip. */
function Confirm({
  subject,
  typed,
}: {
  readonly subject: string
  readonly typed: { value: string }
}): VNode {
  const field = useId()
  return (
    <div class="field">
      <label for={field}>
        Type <code>{subject}</code> to go on
      </label>
      <input
        id={field}
        class="input mono"
        autocomplete="off"
        spellcheck={false}
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value
        }}
      />
    </div>
  )
}
