/**
 * page/pages/parts/column-choice: which columns a table of processes shows.
 */
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { useId } from 'preact/hooks'
import { Button } from '#page/kit/basics'
import { Dialog } from '#page/kit/dialog'
import {
  COLUMN_CHOICES,
  COLUMNS_DEFAULT,
  type ColumnId,
  toggledColumn,
  type Whose,
} from '#page/model/process-columns'

export interface ColumnChoiceProps {
  readonly chosen: readonly ColumnId[]
  readonly whose: Whose
  readonly onChosen: (columns: readonly ColumnId[]) => void
}

export function ColumnChoice({ chosen, whose, onChosen }: ColumnChoiceProps): VNode {
  const isOpen = useSignal(false)
  const close = (): void => {
    isOpen.value = false
  }
  return (
    <>
      <Button
        onPress={() => {
          isOpen.value = true
        }}
      >
        Columns
      </Button>
      {isOpen.value && (
        <Dialog title="Columns" onClose={close}>
          <ul class="column-choice">
            {COLUMN_CHOICES.map(([id, title]) => (
              <Check
                key={id}
                title={title}
                checked={chosen.includes(id)}
                onToggle={() => onChosen(toggledColumn(chosen, id))}
              />
            ))}
          </ul>
          <div class="form-actions">
            <Button onPress={() => onChosen(COLUMNS_DEFAULT[whose])}>As at first</Button>
            <Button kind="strong" onPress={close}>
              Done
            </Button>
          </div>
        </Dialog>
      )}
    </>
  )
}

function Check({
  title,
  checked,
  onToggle,
}: {
  readonly title: string
  readonly checked: boolean
  readonly onToggle: () => void
}): VNode {
  const field = useId()
  return (
    <li>
      <input id={field} type="checkbox" checked={checked} onChange={onToggle} />
      <label for={field}>{title}</label>
    </li>
  )
}
