import { Button, type ButtonProps } from "antd";
import type { MouseEvent } from "react";
import { type To, useHref, useLinkClickHandler } from "react-router";

/** A place to go that looks like a button: one element, a link to the keyboard and to a screen reader. */
export function ButtonLink({ to, ...props }: Omit<ButtonProps, "href" | "onClick"> & { to: To }) {
  const go = useLinkClickHandler<HTMLElement>(to);
  return <Button {...props} href={useHref(to)} onClick={(event) => go(event as MouseEvent<HTMLElement, globalThis.MouseEvent> & MouseEvent<HTMLAnchorElement>)} />;
}
