/**
 * What a report does in a browser besides its timelines. `script.ts` makes one script of the source of these functions, so they use nothing
 * of this module but each other.
 */

export function startPage() {
  document.documentElement.classList.add('live')
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) listenCopy(button)
  const form = document.querySelector<HTMLFormElement>('#filter')
  if (form) listenFilter(form)
  addEventListener('hashchange', openTarget)
  openTarget()
}

function listenCopy(button: HTMLButtonElement) {
  button.addEventListener('click', async () => {
    const isCopied = await copy(button.dataset.copy!)
    button.textContent = isCopied ? 'Copied' : 'Select and copy it'
    setTimeout(() => {
      button.textContent = 'Copy'
    }, 2_000)
  })
}

/** A page from a disk or from plain HTTP may have no clipboard of its own. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    document.body.append(area)
    area.select()
    const isCopied = document.execCommand('copy')
    area.remove()
    return isCopied
  }
}

function listenFilter(form: HTMLFormElement) {
  const apply = () => filterScenarios(form)
  form.addEventListener('input', apply)
  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('reset', () => setTimeout(apply))
  apply()
}

function filterScenarios(form: HTMLFormElement) {
  const wanted = (name: string) => (form.elements.namedItem(name) as HTMLInputElement | null)?.value ?? ''
  const words = wanted('text').toLowerCase().split(/\s+/).filter(Boolean)
  const scenarios = [...document.querySelectorAll<HTMLElement>('[data-outcome]')]
  let shown = 0
  for (const one of scenarios) {
    const isOf = (name: string) => wanted(name) === '' || ` ${one.dataset[name] ?? ''} `.includes(` ${wanted(name)} `)
    const isShown =
      isOf('outcome') && isOf('fault') && isOf('app') && words.every((word) => one.dataset.text!.includes(word))
    one.hidden = !isShown
    if (isShown) shown += 1
  }
  form.querySelector('output')!.textContent = `${shown} of ${scenarios.length} shown`
}

/** A link to a scenario opens it. */
function openTarget() {
  const target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null
  if (!(target instanceof HTMLDetailsElement)) return
  target.hidden = false
  target.open = true
  target.scrollIntoView()
}

/** All functions above. */
export const pageFunctions = [startPage, listenCopy, copy, listenFilter, filterScenarios, openTarget]
