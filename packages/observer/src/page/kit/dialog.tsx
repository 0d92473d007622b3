/**
 * page/kit/dialog: a window over the page that has to be answered.
 */
import type { ComponentChildren, VNode } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Button } from './basics.js'

interface DialogProps {
  readonly title: ComponentChildren
  readonly onClose: () => void
  readonly wide?: boolean
  /** What can be done, beside the title. */
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
}

/** Puts the focus on its first field, or its title: not on the button that closes it. */
function focusIn(dialog: HTMLDialogElement): void {
  const first = dialog.querySelector('[autofocus], .dialog-body :is(input, select, textarea)')
  const target = first ?? dialog.querySelector('h2')
  if (target instanceof HTMLElement) target.focus({ preventScroll: true })
}

/** A window; closed by Escape, or by what is inside. */
export function Dialog({ title, onClose, wide = false, actions, children }: DialogProps): VNode {
  const box = useRef<HTMLDialogElement>(null)
  const isGone = useRef(false)
  const heading = useId()
  // At once and not after the next frame: what is typed meanwhile is meant for it.
  useLayoutEffect(() => {
    const dialog = box.current
    if (dialog?.open === false) dialog.showModal()
    if (dialog !== null) focusIn(dialog)
    return () => {
      // Whoever goes elsewhere has not closed it: nobody is to be led back.
      isGone.current = true
      dialog?.close()
    }
  }, [])
  return (
    <dialog
      ref={box}
      class={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={heading}
      // With the key itself: its end is told later, when the page may have gone on already.
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClose={() => {
        if (!isGone.current) onClose()
      }}
    >
      <header class="dialog-head">
        <h2 id={heading} tabIndex={-1}>
          {title}
        </h2>
        {actions !== undefined && <div class="dialog-actions">{actions}</div>}
        <Button kind="bare" icon="close" title="Close" onPress={onClose} />
      </header>
      <div class="dialog-body">{children}</div>
    </dialog>
  )
}
