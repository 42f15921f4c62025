import { headers } from "next/headers";
import { askService } from "@/lib/service";
import { currentSession } from "@/lib/session";

export default async function Page() {
  const { user, note, expires } = await currentSession();
  if (!user) return <SignIn />;
  const service = await askService(await headers());
  return (
    <>
      <dl>
        <dt>This front sees</dt>
        <dd id="front">{user}{note && `, “${note}”`}</dd>
        <dt>The service sees</dt>
        <dd id="service">{service.user ?? `nobody: ${service.code}`}{service.note && `, “${service.note}”`}</dd>
        <dt>Signed in until</dt>
        <dd><time id="expires" dateTime={expires}>{new Date(expires!).toUTCString()}</time></dd>
      </dl>
      {service.user ? (
        <form action="/api/py/note" method="post">
          <input name="text" aria-label="A note" placeholder="A note, kept by the service" required />
          <button className="main">Keep</button>
        </form>
      ) : (
        <p className="warn">This session was ended elsewhere. The cookie cannot tell; the service can.</p>
      )}
      <div className="row">
        <form action="/sign-out" method="post"><button>Sign out here</button></form>
        <form action="/api/py/sign-out" method="post"><button>Sign out at the service</button></form>
        <form action="/api/py/sign-out-everywhere" method="post"><button>Sign out everywhere</button></form>
      </div>
    </>
  );
}

const SignIn = () => (
  <>
    <form action="/sign-in" method="post">
      <input name="name" aria-label="Your name" defaultValue="ada" required />
      <button className="main">Sign in</button>
    </form>
    <p className="soft">ada or eve; this example has no passwords.</p>
  </>
);
