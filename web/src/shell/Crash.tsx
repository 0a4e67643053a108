import { Button, Result, Typography } from "antd";
import { isRouteErrorResponse, useRouteError } from "react-router";
import { useText } from "@/text";
import { ButtonLink } from "@/ui/ButtonLink";
import { path } from "@/util/path";

/** A page that threw, or an address that is none. */
export function Crash() {
  const t = useText();
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />;
  return (
    <Result
      status="500"
      title={t.shell.crashed}
      subTitle={t.shell.crashedHint}
      extra={<Button onClick={() => window.location.reload()}>{t.common.refresh}</Button>}
    >
      <Typography.Text code copyable>
        {error instanceof Error ? error.message : String(error)}
      </Typography.Text>
    </Result>
  );
}

export function NotFound() {
  const t = useText();
  return (
    <Result
      status="404"
      title={t.shell.notFound}
      subTitle={t.shell.notFoundHint}
      extra={
        <ButtonLink to={path.home()} type="primary">{t.shell.portal}</ButtonLink>
      }
    />
  );
}
