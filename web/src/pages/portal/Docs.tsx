import "swagger-ui-dist/swagger-ui.css";
import "./docs.css";
import { Skeleton } from "antd";
import { useEffect, useRef, useState } from "react";

/** The API in full, from the server's own description. The renderer is part of this build: nothing is fetched from elsewhere. */
export default function Docs() {
  const place = useRef<HTMLDivElement>(null);
  const [ready, setReady] = useState(false);
  // An effect, because the renderer draws into an element of its own.
  useEffect(() => {
    let gone = false;
    void import("swagger-ui-dist/swagger-ui-es-bundle.js").then(({ default: render }) => {
      if (gone) return;
      render({
        url: "/openapi.json",
        domNode: place.current,
        deepLinking: true,
        docExpansion: "none",
        defaultModelsExpandDepth: 0,
        validatorUrl: null,
        filter: true,
        onComplete: () => setReady(true),
      });
    });
    return () => {
      gone = true;
    };
  }, []);
  return (
    <div className="portal-inner portal-page api-docs">
      {!ready && <Skeleton active />}
      <div ref={place} />
    </div>
  );
}
