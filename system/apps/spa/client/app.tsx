import { NavLink, Outlet, Route, Routes } from 'react-router'
import { ActivityChannel } from './activity-channel.tsx'
import { ActivityFeedPage } from './activity-feed-page.tsx'
import { AppSocket, openSocket } from './app-socket.tsx'
import { CountPage } from './count-page.tsx'
import { HomePage } from './home-page.tsx'
import { PingChannel } from './ping-channel.tsx'
import { PingsPage } from './pings-page.tsx'

const tabs: readonly [path: string, title: string][] = [
  ['/', 'Home'],
  ['/pings', 'Pings'],
  ['/other', 'Other Pings'],
  ['/count', 'Counter'],
]

const pingRoutes = (
  <PingChannel topic="ping">
    <Outlet />
  </PingChannel>
)
const otherRoutes = (
  <PingChannel topic="other">
    <Outlet />
  </PingChannel>
)
const activityRoutes = (
  <ActivityChannel>
    <Outlet />
  </ActivityChannel>
)

/** The pages, each inside of what it needs: a socket around all that use it, a channel around those of one topic (RX-7). */
export const App = ({ open = openSocket }) => (
  <>
    <header>
      <h1>Channels and React</h1>
      <nav aria-label="Pages">
        {tabs.map(([path, title]) => (
          <NavLink key={path} to={path} end>
            {title}
          </NavLink>
        ))}
      </nav>
    </header>
    <main>
      <Routes>
        <Route
          element={
            <AppSocket open={open}>
              <Outlet />
            </AppSocket>
          }
        >
          <Route element={pingRoutes}>
            <Route path="/pings" element={<PingsPage />} />
            <Route path="/count" element={<CountPage />} />
          </Route>
          <Route element={otherRoutes}>
            <Route path="/other" element={<PingsPage topic="other" />} />
          </Route>
          <Route element={activityRoutes}>
            <Route path="/activities" element={<ActivityFeedPage />} />
          </Route>
        </Route>
        <Route path="*" element={<HomePage />} />
      </Routes>
    </main>
  </>
)
