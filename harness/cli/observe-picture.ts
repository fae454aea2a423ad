import { takePicture } from './take-picture.ts'

/**
 * Makes the picture of docs/observe.md: `CONTROL_SECRET=... node harness/cli/observe-picture.ts CONTROL_URL FILE.png` logs in to the inspector of
 * a node and takes the list of its actors. With `./squall observe n1 --loops 2` open meanwhile, two loops are at the top.
 */
const [control = 'http://127.0.0.1:4100', file = 'docs/observe.png'] = process.argv.slice(2)
/** The header and seven actors. */
const heightPx = 600

await takePicture(
  file,
  async (page) => {
    await page.goto(`${control}/observer`)
    await page.fill('#secret', process.env.CONTROL_SECRET ?? '')
    await page.click('button')
    await page.getByText('by work').waitFor()
  },
  heightPx,
)
