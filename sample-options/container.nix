# Options of NixOS containers, as a sample of a module that documents itself.
#
# Names, types and defaults follow NixOS; the texts are manualgen's own.
# container.json is what nixosOptionsDoc makes of this module, evaluated
# together with grub.nix.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  inherit (lib)
    literalExpression
    literalMD
    mkOption
    types
    ;

  # NixOS takes any string here; naming them all catches a typing error early.
  capabilities = [
    "CAP_AUDIT_CONTROL"
    "CAP_AUDIT_READ"
    "CAP_AUDIT_WRITE"
    "CAP_BLOCK_SUSPEND"
    "CAP_BPF"
    "CAP_CHECKPOINT_RESTORE"
    "CAP_CHOWN"
    "CAP_DAC_OVERRIDE"
    "CAP_DAC_READ_SEARCH"
    "CAP_FOWNER"
    "CAP_FSETID"
    "CAP_IPC_LOCK"
    "CAP_IPC_OWNER"
    "CAP_KILL"
    "CAP_LEASE"
    "CAP_LINUX_IMMUTABLE"
    "CAP_MAC_ADMIN"
    "CAP_MAC_OVERRIDE"
    "CAP_MKNOD"
    "CAP_NET_ADMIN"
    "CAP_NET_BIND_SERVICE"
    "CAP_NET_BROADCAST"
    "CAP_NET_RAW"
    "CAP_PERFMON"
    "CAP_SETFCAP"
    "CAP_SETGID"
    "CAP_SETPCAP"
    "CAP_SETUID"
    "CAP_SYSLOG"
    "CAP_SYS_ADMIN"
    "CAP_SYS_BOOT"
    "CAP_SYS_CHROOT"
    "CAP_SYS_MODULE"
    "CAP_SYS_NICE"
    "CAP_SYS_PACCT"
    "CAP_SYS_PTRACE"
    "CAP_SYS_RAWIO"
    "CAP_SYS_RESOURCE"
    "CAP_SYS_TIME"
    "CAP_SYS_TTY_CONFIG"
    "CAP_WAKE_ALARM"
  ];

  # NixOS evaluates the modules here; for their documentation it is enough to
  # keep them together.
  nixosConfig = lib.mkOptionType {
    name = "Toplevel NixOS config";
    merge = _loc: defs: { imports = map (def: def.value) defs; };
  };

  forwardedPort = {
    options = {
      protocol = mkOption {
        type = types.str;
        default = "tcp";
        example = "udp";
        description = ''
          Protocol to forward: `tcp` or `udp`. To forward both, list the port
          twice.
        '';
      };

      hostPort = mkOption {
        type = types.port;
        example = 8080;
        description = ''
          Port on which the host listens.
        '';
      };

      containerPort = mkOption {
        type = types.nullOr types.port;
        default = null;
        example = 80;
        description = ''
          Port in the container to which the host's port leads; `null` stands
          for the same number.
        '';
      };
    };
  };

  # One pair of virtual Ethernet devices: the container's own, and any more.
  networkOptions = {
    hostBridge = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "br0";
      description = ''
        Bridge that the host's end of the pair joins, so that the container
        appears on the network behind it like a machine of its own.

        The bridge has to exist already; {option}`networking.bridges` makes
        one. The host's end has no address of its own then: {var}`hostAddress`
        and {var}`hostAddress6` are not used.
      '';
    };

    hostAddress = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "10.231.136.1";
      description = ''
        IPv4 address of the host's end of the pair. Not used together with
        {var}`hostBridge`.
      '';
    };

    hostAddress6 = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "fc00::1";
      description = ''
        IPv6 address of the host's end of the pair. Not used together with
        {var}`hostBridge`.
      '';
    };

    localAddress = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "10.231.136.2";
      description = ''
        IPv4 address of the container's end of the pair.

        - Without {var}`hostBridge`, the address stands alone (`/32`), and
          each side gets a route to the other.
        - With {var}`hostBridge`, add the length of the network's prefix, as
          in `192.168.1.20/24`; otherwise the container reaches nobody on it.
      '';
    };

    localAddress6 = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "fc00::2";
      description = ''
        IPv6 address of the container's end of the pair. What
        {var}`localAddress` says about the prefix holds here too, with `/128`
        for the address that stands alone.
      '';
    };

    forwardPorts = mkOption {
      type = types.listOf (types.submodule forwardedPort);
      default = [ ];
      example = [
        {
          protocol = "tcp";
          hostPort = 8080;
          containerPort = 80;
        }
      ];
      description = ''
        Ports of the host that lead into the container. This needs a private
        network.

        ::: {.note}
        Forwarding acts on what arrives from elsewhere. A connection from the
        host to its own `127.0.0.1` stays on the host; use the container's
        address there.
        :::
      '';
    };
  };

  bindMount =
    { name, ... }:
    {
      options = {
        mountPoint = mkOption {
          type = types.str;
          default = name;
          defaultText = literalMD "the name of the attribute";
          example = "/mnt/usb";
          description = ''
            Where the container sees it. The directory is made if it is
            missing.
          '';
        };

        hostPath = mkOption {
          type = types.nullOr types.str;
          default = null;
          example = "/home/alice";
          description = ''
            File or directory of the host. It has to exist when the container
            starts; a file system that holds it is mounted first. `null`
            stands for the same path as in the container.
          '';
        };

        isReadOnly = mkOption {
          type = types.bool;
          default = true;
          description = ''
            Whether the container may only read what is mounted.
          '';
        };
      };
    };

  allowedDevice = {
    options = {
      node = mkOption {
        type = types.str;
        example = "/dev/net/tun";
        description = ''
          Device node, or a class of devices such as `char-alsa`.
        '';
      };

      modifier = mkOption {
        type = types.str;
        example = "rw";
        description = ''
          What the container may do with it, as one or more letters:

          `r`
          : read from it

          `w`
          : write to it

          `m`
          : make its node with {manpage}`mknod(2)`
        '';
      };
    };
  };

  container = {
    options = {
      config = mkOption {
        type = nixosConfig;
        example = literalExpression ''
          { pkgs, ... }:
          {
            services.postgresql = {
              enable = true;
              package = pkgs.postgresql_17;
            };
            system.stateVersion = "26.05";
          }
        '';
        description = ''
          NixOS configuration of the container, written as a module. Anything
          goes that a machine's own configuration could hold, except what
          concerns kernel and boot.

          Three things are set beforehand:

          - {option}`networking.hostName`, to the container's name (you may
            choose another one);
          - {option}`networking.useDHCP`, to `false`;
          - [](#opt-boot.isNspawnContainer), to `true`.
        '';
      };

      path = mkOption {
        type = types.path;
        defaultText = literalMD "the system built from {option}`containers.<name>.config`";
        example = "/nix/var/nix/profiles/per-container/webserver";
        description = ''
          A system that is built already, in place of
          [](#opt-containers._name_.config). Mostly this is a profile, which
          can be updated without rebuilding the host:

          ```console
          # nix-env --profile /nix/var/nix/profiles/per-container/webserver \
              --set ./result
          # systemctl reload container@webserver
          ```
        '';
      };

      nixpkgs = mkOption {
        type = types.path;
        default = pkgs.path;
        defaultText = literalExpression "pkgs.path";
        example = literalExpression ''
          builtins.fetchTarball "https://channels.nixos.org/nixos-26.05/nixexprs.tar.xz"
        '';
        description = ''
          Nixpkgs tree from which the container takes its NixOS modules, its
          {var}`lib` and its packages: the way to run another release in a
          container than on the host.

          ::: {.tip}
          Where only the packages should differ, leave this alone and set
          {option}`nixpkgs.pkgs` in the container's configuration. Setting it
          to the host's own {var}`pkgs` saves evaluating Nixpkgs once more;
          the container's {option}`nixpkgs.config` is then ignored.
          :::
        '';
      };

      specialArgs = mkOption {
        type = types.attrsOf types.unspecified;
        default = { };
        example = literalExpression "{ inherit inputs; }";
        description = ''
          Further arguments for the container's modules. Unlike those from
          {option}`_module.args`, they can be used in `imports` as well.
        '';
      };

      autoStart = mkOption {
        type = types.bool;
        default = false;
        description = ''
          Whether the container starts when the host boots. Otherwise it waits
          for {command}`nixos-container start`.
        '';
      };

      restartIfChanged = mkOption {
        type = types.bool;
        default = true;
        description = ''
          Whether {command}`nixos-rebuild switch` restarts the container when
          its definition has changed. Only containers with
          [](#opt-containers._name_.autoStart) are restarted at all.
        '';
      };

      timeoutStartSec = mkOption {
        type = types.str;
        default = "1min";
        example = "5min 30s";
        description = ''
          How long the container may take until it reports that it is up;
          after that its processes are killed. {manpage}`systemd.time(7)`
          describes the format, and `infinity` waits for ever.

          Raise this where many containers start at once -- or where the first
          start sets up a database...
        '';
      };

      ephemeral = mkOption {
        type = types.bool;
        default = false;
        description = ''
          Whether the container starts from an empty root file system each
          time, and leaves nothing behind when it stops.

          - What has to last belongs in
            [](#opt-containers._name_.bindMounts).
          - The host does not see the container's journal.
          - Whatever the container makes up on its first start, it makes up on
            every start:
            - the keys of its SSH server,
            - its machine ID, and what derives from it:
              - the address that a DHCP server has assigned to it. With
                {option}`containers.<name>.macvlans`, let
                {manpage}`systemd.network(5)` identify it by its hardware
                address: `ClientIdentifier=mac`.
              - the name of its journal's directory.
        '';
      };

      tmpfs = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [
          "/var"
          "/tmp:size=2G,mode=1777"
        ];
        description = ''
          Directories of the container that live in memory. Options of the
          mount may follow a colon; see `--tmpfs=` in
          {manpage}`systemd-nspawn(1)`.
        '';
      };

      bindMounts = mkOption {
        type = types.attrsOf (types.submodule bindMount);
        default = { };
        example = literalExpression ''
          {
            "/home" = {
              hostPath = "/home/alice";
              isReadOnly = false;
            };
            "/srv/media" = { };
          }
        '';
        description = ''
          Files and directories of the host that the container shares. Some
          uses:

          1. Data that outlives the container, at the same path on both sides:

             ```nix
             bindMounts."/var/lib/postgresql".isReadOnly = false;
             ```

          2. A device. Its node alone is not enough, because access to it is a
             matter of [](#opt-containers._name_.allowedDevices):

             ```nix
             bindMounts."/dev/dri/renderD128".isReadOnly = false;
             allowedDevices = [
               {
                 node = "/dev/dri/renderD128";
                 modifier = "rw";
               }
             ];
             ```

          A path is quoted when you refer to what it names, as in
          {option}`containers.webserver.bindMounts."/srv/www".isReadOnly`. The
          Nix store and the socket of the Nix daemon are always there and need
          no entry.

          ::: {.important}
          Owners are compared by number. `alice` of the host and `alice` of the
          container are the same user only if their {option}`users.users.alice.uid`
          is the same, and with [](#opt-containers._name_.privateUsers) not
          even then: the files seem to belong to `nobody`.
          :::
        '';
      };

      allowedDevices = mkOption {
        type = types.listOf (types.submodule allowedDevice);
        default = [ ];
        example = [
          {
            node = "/dev/net/tun";
            modifier = "rwm";
          }
        ];
        description = ''
          Devices that the container may use, besides harmless ones such as
          {file}`/dev/null`. These are `DeviceAllow=` lines of its service; see
          {manpage}`systemd.resource-control(5)`.
        '';
      };

      additionalCapabilities = mkOption {
        type = types.listOf (types.enum capabilities);
        default = [ ];
        example = [
          "CAP_SYS_TIME"
          "CAP_SYSLOG"
        ];
        description = ''
          Capabilities of the container beyond those that
          {manpage}`systemd-nspawn(1)` grants anyway. {manpage}`capabilities(7)`
          explains what each of them permits.
        '';
      };

      enableTun = mkOption {
        type = types.bool;
        default = false;
        description = ''
          Whether the container may set up tunnels, as a VPN does. This grants
          `CAP_NET_ADMIN` and access to {file}`/dev/net/tun`.
        '';
      };

      privateUsers = mkOption {
        type = types.either types.ints.u32 (
          types.enum [
            "no"
            "identity"
            "pick"
          ]
        );
        default = "no";
        example = "pick";
        description = ''
          Whether the container has users of its own, apart from the host's
          (a user namespace; see {manpage}`user_namespaces(7)`).

          `"no"`
          : They are the host's: `root` inside is `root` outside.

          `"pick"`
          : A free range of 65,536 numbers is found for them. Recommended.
          : The range is kept from one start to the next: it is read from the
            owner of the container's root directory.

            ```console
            # stat --format=%u /var/lib/nixos-containers/webserver
            1344929792
            ```

          a number
          : The range begins there.
          : Keep the ranges of your containers apart, and above all numbers
            that the host uses itself: multiples of 65,536 do.

          `"identity"`
          : Numbers mean the same inside and outside, but capabilities end at
            the container's border.
        '';
      };

      privateNetwork = mkOption {
        type = types.bool;
        default = false;
        description = ''
          Whether the container has a network of its own. Without it, the
          container sees the host's interfaces and can listen on each of the
          host's ports.

          With it, the container starts with nothing but a loopback device.
          What else to set depends on whom it should talk to:

          | To reach                  | set                                     | Interface inside |
          | :------------------------ | :-------------------------------------- | :--------------: |
          | the host[^world]          | {var}`hostAddress`, {var}`localAddress` |      `eth0`      |
          | a network behind a bridge | {var}`hostBridge`, {var}`localAddress`  |      `eth0`      |
          | the network of a card     | [](#opt-containers._name_.macvlans)     |    `mv-eth1`     |
          | whatever a card leads to  | [](#opt-containers._name_.interfaces)   |      `eth1`      |

          The host's address becomes the default route. On the host, the other
          end of `eth0` is named `ve-` and the name of the container, or `vb-`
          and that name where it joins a bridge.

          [^world]: And through it the rest of the world, if the host
              translates addresses: see
              {option}`networking.nat.internalInterfaces`.
        '';
      };

      networkNamespace = mkOption {
        type = types.nullOr types.path;
        default = null;
        example = "/run/netns/vpn";
        description = ''
          A network namespace that exists already and that the container joins:
          a file such as {manpage}`ip-netns(8)` makes below
          {file}`/run/netns`. This excludes
          [](#opt-containers._name_.privateNetwork) and
          [](#opt-containers._name_.interfaces).
        '';
      };

      interfaces = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [
          "eth1"
          "eth2"
        ];
        description = ''
          Network interfaces that the host hands over. They are gone from the
          host while the container runs, and come back when it stops.
        '';
      };

      macvlans = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "eth1" ];
        description = ''
          Interfaces of the host that get a twin in the container, with a
          hardware address of its own. The twin of `eth1` is `mv-eth1`.

          ::: {.caution}
          The host and its containers do not hear each other on a macvlan, only
          the rest of the network does. Where they have to talk, use
          {option}`containers.<name>.hostBridge`.
          :::
        '';
      };

      extraVeths = mkOption {
        type = types.attrsOf (types.submodule { options = networkOptions; });
        default = { };
        example = literalExpression ''
          {
            backup0 = {
              hostAddress = "10.231.137.1";
              localAddress = "10.231.137.2";
            };
          }
        '';
        description = ''
          More pairs of virtual Ethernet devices between host and container.
          The attribute's name is the name of the interface, *on both sides*.
        '';
      };

      extraFlags = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "--drop-capability=CAP_SYS_CHROOT" ];
        description = ''
          Further arguments for {command}`systemd-nspawn`. They reach it in the
          environment variable {env}`EXTRA_NSPAWN_FLAGS`, and are split at
          spaces on the way: no argument can contain one.
        '';
      };
    }
    // networkOptions;
  };
in
{
  options = {
    boot.isContainer = mkOption {
      type = types.bool;
      default = config.boot.isNspawnContainer;
      defaultText = literalExpression "config.boot.isNspawnContainer";
      description = ''
        Whether this system runs inside another one and uses its kernel. Such
        a system has no kernel, no initial ramdisk and no boot loader of its
        own; {option}`boot.loader.grub.enable` is off, for one.
      '';
    };

    boot.isNspawnContainer = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether this system runs in {manpage}`systemd-nspawn(1)`, as everything
        in [](#opt-containers) does. Other kinds of container, such as LXC, set
        only [](#opt-boot.isContainer).
      '';
    };

    boot.enableContainers = mkOption {
      type = types.bool;
      default = config.containers != { };
      defaultText = literalExpression "config.containers != { }";
      description = ''
        Whether this machine can run NixOS containers. It then has

        * the command {command}`nixos-container`,
        * the service `container@.service`, from which each container's service
          is made,
        * the kernel modules for their networks.

        Declaring a container turns this on. Turn it on yourself if you make
        all of yours [by hand](#imperative-containers).

        Containers that run show up in {manpage}`machinectl(1)`, which can
        also answer in JSON:

        ```console
        $ machinectl list --output=json-pretty
        ```

        ```json
        [
          {
            "machine": "webserver",
            "class": "container",
            "service": "systemd-nspawn",
            "os": "nixos",
            "version": "26.05",
            "addresses": "10.231.136.2"
          }
        ]
        ```
      '';
    };

    containers = mkOption {
      type = types.attrsOf (types.submodule container);
      default = { };
      example = literalExpression ''
        {
          webserver = {
            autoStart = true;
            privateNetwork = true;
            hostAddress = "10.231.136.1";
            localAddress = "10.231.136.2";
            bindMounts."/srv/www" = { };

            config =
              { pkgs, ... }:
              {
                services.nginx = {
                  enable = true;
                  virtualHosts.localhost.root = "/srv/www";
                };
                networking.firewall.allowedTCPPorts = [ 80 ];
                system.stateVersion = "26.05";
              };
          };

          database.path = "/nix/var/nix/profiles/per-container/database";
        }
      '';
      description = ''
        NixOS systems that run as lightweight containers in this one, by name.
        Each is a service, `container@NAME.service`, with its files in
        {file}`/var/lib/nixos-containers/NAME`; and if it has a
        {option}`containers.webserver.localAddress`, the host knows that as
        `NAME.containers`.

        <!-- "root-login" needs no password; "login" does. -->

        ```console
        # systemctl start container@webserver
        # nixos-container root-login webserver
        # nixos-container run webserver -- systemctl status nginx
        ```

        A prompt from {command}`nixos-container login` is left with
        [Ctrl]{.keycap} and [\]]{.keycap}, three times within a second.

        There are two sorts:

        - **Declared** containers are part of the host's configuration. To
          change one:
          1. Change its [](#opt-containers._name_.config).
          2. Run {command}`nixos-rebuild switch` on the host, which restarts
             the container (see [](#opt-containers._name_.restartIfChanged)).
        - **[Imperative]{#imperative-containers}** containers are made by hand
          and do not appear here. To make one:
          1. {command}`nixos-container create NAME --config-file FILE`
          2. {command}`nixos-container start NAME`

        > [!NOTE]
        > A name cannot contain `_`. Before Linux 5.8, that of a container with
        > a private network has at most 11 characters: the host's interface is
        > "`ve-`" and that name, and the kernel allows 15.

        :::: {.warning #containers-isolation}
        A container is no virtual machine: it shares the host's kernel, and its
        `root` is the host's `root` with fewer rights. Don't give `root` in a
        container to anybody whom you wouldn't give it on the host.

        ::: {.tip}
        [Users of its own](#opt-containers._name_.privateUsers) take most of
        the danger away; for the rest there is `microvm.nix` and the like.
        :::
        ::::
      '';
    };
  };
}
