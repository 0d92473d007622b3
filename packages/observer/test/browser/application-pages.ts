/**
 * The pages of applications of the shop: cards, what is done to them, and the tree of one.
 */
import { shot } from './browser-kit.js'
import { assertWell, order, SHOP, type View } from './shop-kit.js'

export const APPLICATION_PAGES: readonly View[] = [
  {
    title: 'an application is weighed, stopped, started in a mode, ended by force and unloaded',
    path: `${SHOP}/applications`,
    view: async (page, { look }) => {
      const shop = page.getByRole('article', { name: 'shop' })
      const notes = page.getByRole('article', { name: 'notes' })
      const button = (of: typeof shop, name: string) =>
        of.getByRole('button', { name, exact: true })
      await shop.getByText('Sells teapots').waitFor()
      await assertWell(page)
      await shot(page, 'applications')
      await order(page, button(shop, 'Weight'), async (dialog) => {
        await dialog.getByLabel('Weight').fill('-3')
        await dialog.getByText('A weight is a whole number; 0 gives it no work.').waitFor()
        await dialog.getByLabel('Weight').fill('0')
      })
      await shop.getByText('0: gets no work').waitFor()
      await order(page, button(notes, 'Stop'))
      await notes.getByText('loaded').waitFor()
      await order(page, button(notes, 'Start'), (dialog) =>
        dialog.getByLabel('Mode').selectOption('transient'),
      )
      await notes.getByText('running').waitFor()
      await notes.getByText('transient', { exact: true }).waitFor()
      await order(page, button(notes, 'Force stop'))
      await notes.getByText('loaded').waitFor()
      await order(page, button(notes, 'Unload'))
      await notes.waitFor({ state: 'detached' })
      await look(`${SHOP}/applications/notes`, () =>
        page.getByText('There is no such application').waitFor(),
      )
    },
  },

  {
    title: 'the tree is drawn, coloured, searched, cut, folded and walked through by keys',
    path: `${SHOP}/applications/shop`,
    view: async (page) => {
      const tree = page.getByRole('tree', { name: 'Supervision tree' })
      const drawn = (boxes: number) =>
        page.waitForFunction(
          (wanted) => document.querySelectorAll('.tree-item').length === wanted,
          boxes,
        )
      await tree.getByRole('treeitem', { name: /^packers/ }).waitFor()
      await tree.getByText('18 more').waitFor()
      await assertWell(page)
      await shot(page, 'tree')
      await tree.focus()
      for (const key of ['Home', 'ArrowRight', 'ArrowDown', ' ']) await page.keyboard.press(key)
      await tree.getByText('18 more').waitFor({ state: 'detached' })
      await page.waitForURL(/fold=\d+/)
      await page.keyboard.press(' ')
      await tree.getByText('18 more').click()
      await drawn(40)
      await page.getByLabel('Depth').selectOption('1')
      await drawn(4)
      await page.getByLabel('Depth').selectOption('')
      await page.getByLabel('Coloured by').selectOption('throughput')
      await page.getByText('1,000/s and more').waitFor()
      const door = tree.getByRole('treeitem', { name: /^door/ })
      await door.getByText(/[1-9][\d.]*\/s in and out/).waitFor()
      await page.getByRole('searchbox').fill('clerk')
      await page.getByText('1 match').waitFor()
      await drawn(3)
      await tree.getByRole('treeitem', { name: /^clerk/ }).dblclick()
      await page.getByRole('heading', { name: 'clerk', level: 1 }).waitFor()
    },
  },
]
