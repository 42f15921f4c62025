import { headers } from "next/headers";
import { auth } from "@/auth";
import { askService } from "@/lib/service";

export default async function Page() {
  const session = await auth();
  if (!session) return <SignIn />;
  const service = await askService(await headers());
  return (
    <>
      <dl>
        <dt>This front sees</dt>
        <dd id="front">{session.user?.name}{session.note && `, “${session.note}”`}</dd>
        <dt>The service sees</dt>
        <dd id="service">{service.user ?? `nobody: ${service.code}`}{service.note && `, “${service.note}”`}</dd>
      </dl>
      <form action="/api/py/note" method="post">
        <input name="text" aria-label="A note" placeholder="A note, kept by the service" required />
        <button className="main">Keep</button>
      </form>
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
