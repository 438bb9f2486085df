# Options of the GRUB boot loader, as a sample of a module that documents
# itself.
#
# Names, types and defaults follow NixOS; the texts are manualgen's own.
# grub.json is what nixosOptionsDoc makes of this module, evaluated together
# with container.nix.
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

  cfg = config.boot.loader.grub;

  # A secret is one value: two definitions of it are an error, also where they
  # agree.
  secret = types.uniq (types.nullOr types.str);

  user = {
    options = {
      hashedPasswordFile = mkOption {
        type = secret;
        default = null;
        example = "/etc/secrets/grub-alice";
        description = ''
          File on this machine that holds the hash of the password, as
          {manpage}`grub-mkpasswd-pbkdf2(1)` prints it. To make one:

          1. Have the hash computed:

             ```console
             $ nix-shell -p grub2 --run grub-mkpasswd-pbkdf2
             Enter password:
             Reenter password:
             PBKDF2 hash of your password is grub.pbkdf2.sha512.10000.5A6E…
             ```

          2. Write what begins with `grub.pbkdf2` to the file, and nothing
             else.
        '';
      };

      hashedPassword = mkOption {
        type = secret;
        default = null;
        example = "grub.pbkdf2.sha512.10000.5A6E10D2B7AF93C4...0F8B61E7D29C35A4";
        description = ''
          Hash of the password, as {manpage}`grub-mkpasswd-pbkdf2(1)` prints
          it.
        '';
      };

      passwordFile = mkOption {
        type = secret;
        default = null;
        example = "/etc/secrets/grub-bob";
        description = ''
          File on this machine that holds the password in plain text.
        '';
      };

      password = mkOption {
        type = secret;
        default = null;
        example = "correct horse";
        description = ''
          The password, in plain text. Everybody who can log in can read it.
        '';
      };
    };
  };

  mirroredBoot = {
    options = {
      path = mkOption {
        type = types.str;
        example = "/boot1";
        description = ''
          Directory for GRUB's own files, its menu and any kernels that are
          copied. Mostly the mount point of a partition.
        '';
      };

      efiSysMountPoint = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "/boot1/efi";
        description = ''
          Mount point of the EFI system partition that goes with it; `null` if
          that is the directory itself.
        '';
      };

      efiBootloaderId = mkOption {
        type = types.nullOr types.str;
        default = null;
        example = "NixOS-disk1";
        description = ''
          Name of the entry in the firmware's boot menu. `null` stands for
          `NixOS` and the mount point of the EFI system partition, as in
          `NixOS-boot1`. Only used with
          {option}`boot.loader.efi.canTouchEfiVariables`.
        '';
      };

      devices = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "/dev/disk/by-id/wwn-0x500001234567890a" ];
        description = ''
          Disks (not partitions) whose boot sector leads to this directory;
          `[ "nodev" ]` if firmware finds GRUB by EFI alone. At least one is
          needed.
        '';
      };
    };
  };
in
{
  # Described in container.nix, where it has its default. It is declared here
  # as well because `enable` depends on it.
  options.boot.isContainer = mkOption { type = types.bool; };

  options.boot.loader.grub = {
    enable = mkOption {
      type = types.bool;
      default = !config.boot.isContainer;
      defaultText = literalExpression "!config.boot.isContainer";
      description = ''
        Whether to boot with GNU GRUB, on BIOS and UEFI machines alike. Besides
        this, say where GRUB goes:

        - BIOS: the disk, in [](#opt-boot.loader.grub.device).
        - UEFI: [](#opt-boot.loader.grub.efiSupport), and `"nodev"` for the
          disk.

        ```nix
        boot.loader = {
          efi.canTouchEfiVariables = true;
          grub = {
            efiSupport = true;
            device = "nodev";
          };
        };
        ```

        The manual of GRUB itself is at
        <https://www.gnu.org/software/grub/manual/grub/>.
      '';
    };

    finalPackage = mkOption {
      type = types.package;
      readOnly = true;
      default = (if cfg.forcei686 then pkgs.pkgsi686Linux else pkgs).grub2.override {
        inherit (cfg) efiSupport zfsSupport;
      };
      defaultText = literalMD ''
        {var}`pkgs.grub2`, built as {option}`boot.loader.grub.efiSupport`,
        {option}`boot.loader.grub.forcei686` and
        {option}`boot.loader.grub.zfsSupport` require
      '';
      description = ''
        The GRUB package that is used in the end. Read it where you need a file
        or a command of just this GRUB.
      '';
    };

    device = mkOption {
      type = types.str;
      default = "";
      example = "/dev/disk/by-id/wwn-0x500001234567890a";
      description = ''
        Where to install GRUB:

        - A disk -- the whole of it, not a partition. Prefer a name below
          {file}`/dev/disk/by-id`, because {file}`/dev/sda` may be another disk
          tomorrow.

          For several disks, use [](#opt-boot.loader.grub.devices); for several
          disks with a {file}`/boot` each,
          [](#opt-boot.loader.grub.mirroredBoots).

        - `"nodev"`, to write a menu but no boot sector. That is right for
          UEFI, and where something else loads GRUB: a cloud's hypervisor, or
          the boot loader of another system.

        One of these three options has to be set.
      '';
    };

    devices = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [
        "/dev/disk/by-id/wwn-0x500001234567890a"
        "/dev/disk/by-id/wwn-0x500009876543210a"
      ];
      description = ''
        Disks to install GRUB on. They share one {file}`/boot`. A
        [](#opt-boot.loader.grub.device) that is set becomes one of them.
      '';
    };

    mirroredBoots = mkOption {
      type = types.listOf (types.submodule mirroredBoot);
      default = [ ];
      example = [
        {
          path = "/boot1";
          devices = [ "/dev/disk/by-id/wwn-0x500001234567890a" ];
        }
        {
          path = "/boot2";
          devices = [ "/dev/disk/by-id/wwn-0x500009876543210a" ];
        }
      ];
      description = ''
        Boot directories that are kept alike, so that the machine still boots
        after the loss of a disk. [](#opt-boot.loader.grub.devices) is the
        short form for one of them, {file}`/boot`.

        To replace a disk:

        1. Make the new one like the old one:
           1. Partition it.
           2. Format the partition for booting.
           3. Mount that as the old one was mounted.
        2. Put the new disk's name into
           {option}`boot.loader.grub.mirroredBoots.*.devices`.

        ::: {.warning}
        Check that it is mounted before you go on. If it isn't, everything is
        written to an empty directory of the root file system, and nothing
        will tell you so.
        :::

        3. Run {command}`nixos-rebuild boot --install-bootloader`.
      '';
    };

    users = mkOption {
      type = types.attrsOf (types.submodule user);
      default = { };
      example = {
        alice.hashedPasswordFile = "/etc/secrets/grub-alice";
      };
      description = ''
        Users whom GRUB knows. As soon as there is one, a name and password are
        asked for before the command line, before an entry is edited, and
        before anything but the default entry is booted (see
        [](#opt-boot.loader.grub.entryOptions)).

        Each user has one of four options, of which
        [the first](#opt-boot.loader.grub.users._name_.hashedPasswordFile) gives
        away the least:

        | Option                     | In the Nix store | In {file}`grub.cfg` |
        | :------------------------- | :--------------: | :-----------------: |
        | {var}`hashedPasswordFile`  |     nothing      |        hash         |
        | {var}`hashedPassword`      |       hash       |        hash         |
        | {var}`passwordFile`        |     nothing      |     plain text      |
        | {var}`password`            |    plain text    |     plain text      |

        ::: {.caution}
        Every user of the system can read the Nix store, and everybody who can
        read {file}`/boot/grub/grub.cfg` sees what is in there.
        :::
      '';
    };

    configurationName = mkOption {
      type = types.str;
      default = "";
      example = "Stable 6.18";
      description = ''
        Name of this configuration in the menu. It helps most in a
        {option}`specialisation`, whose entry otherwise shows its attribute's
        name, date and version.
      '';
    };

    configurationLimit = mkOption {
      type = types.int;
      default = 100;
      example = 10;
      description = ''
        How many configurations the menu shows at most, the newest first.

        Where kernels are [copied](#copied-kernels), asked for or not, this
        also limits what {file}`/boot` has to hold. A kernel and its initial
        ramdisk take about 60 +- 20 MB, so if no two configurations had the same
        kernel, you would need:

        | Limit | Space in {file}`/boot` |
        | ----: | ---------------------: |
        |     5 |                 0.4 GB |
        |    20 |                 1.3 GB |
        |   100 |                 6.1 GB |

        The new ones are copied before the old ones are deleted: allow for one
        more.
      '';
    };

    default = mkOption {
      type = types.either types.int types.str;
      default = "0";
      example = "saved";
      apply = toString;
      description = ''
        Entry that is booted unless you choose another one.

        a number
        : The entry at this place in the menu, counted from 0. A submenu counts
          as one entry; `2>0` is the first entry of the submenu at place 2.

        a title
        : The entry with this title or `--id`:

          ```nix
          boot.loader.grub.default = "Windows";
          ```

        `"saved"`
        : The entry that was booted last time.[^grubenv]

        For one boot only, use {command}`grub-reboot` instead.

        [^grubenv]: GRUB writes it to {file}`/boot/grub/grubenv` while it
            boots. It cannot do so on btrfs, ZFS, LVM or software RAID.
      '';
    };

    timeoutStyle = mkOption {
      type = types.enum [
        "menu"
        "countdown"
        "hidden"
      ];
      default = "menu";
      description = ''
        What is shown until {option}`boot.loader.timeout` has run down:

        `menu`
        : The menu.

        `countdown`
        : One line with the seconds that are left.

        `hidden`
        : Nothing, for a boot without flicker.

        With the latter two, [Esc]{.keycap} or [F4]{.keycap} brings up the
        menu, and so does holding [Shift]{.keycap} down. In the menu,
        [E]{.keycap} edits an entry and [C]{.keycap} opens the command line.
      '';
    };

    storePath = mkOption {
      type = types.str;
      default = "/nix/store";
      description = ''
        Directory in which GRUB looks for kernels that are not
        [copied](#opt-boot.loader.grub.copyKernels).
      '';
    };

    copyKernels = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether to copy kernels and initial ramdisks to
        {file}`/boot/kernels`, so that GRUB need not read the Nix store.

        []{#copied-kernels}They are copied anyhow if {file}`/boot` is on another
        device than {file}`/nix/store`. That goes by the device number that
        {manpage}`stat(2)` reports, and therefore holds for

        - a partition of its own, such as an EFI system partition;
        - a btrfs *subvolume* of its own: each subvolume has a device number,
          and to GRUB's installer {file}`/boot` is then a device apart from the
          store, even on the same partition;
        - a ZFS dataset of its own.

        <!-- The first is by far the most usual. -->

        Turn this on where both are on one device and GRUB has trouble with the
        store, for which thousands of files in one directory are reason enough:

        - booting waits long before the kernel is loaded;
        - on ZFS, GRUB gives up with "external pointer tables not supported".

        ::: {.tip}
        A small {file}`/boot` fills up quickly. Lower
        [](#opt-boot.loader.grub.configurationLimit) as well.
        :::
      '';
    };

    entryOptions = mkOption {
      type = types.nullOr types.str;
      default = "--class nixos --unrestricted";
      description = ''
        Arguments of `menuentry` for the default entry of NixOS. Without
        `--unrestricted`, that one needs a password too once there are
        [](#opt-boot.loader.grub.users).
      '';
    };

    subEntryOptions = mkOption {
      type = types.nullOr types.str;
      default = "--class nixos";
      description = ''
        Arguments of `submenu` and `menuentry` for all other configurations of
        NixOS, which stand in the submenu 'NixOS - All configurations'.
      '';
    };

    extraEntries = mkOption {
      type = types.lines;
      default = "";
      example = ''
        menuentry "Windows" --class windows {
          search --set=root --fs-uuid 3C1A-72EE
          chainloader /EFI/Microsoft/Boot/bootmgfw.efi
        }
      '';
      description = ''
        More entries for the menu, in GRUB's own language. `@bootRoot@` stands
        for {file}`/boot` as GRUB finds it:

        ```
        menuentry "Rescue system" {
          linux @bootRoot@/rescue.kernel
          initrd @bootRoot@/rescue.initrd
        }
        ```

        [](#opt-boot.loader.grub.extraFiles) copies files there.
      '';
    };

    extraEntriesBeforeNixOS = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether [](#opt-boot.loader.grub.extraEntries) stand above the entries
        of NixOS.

        :::{.important}
        Places in the menu shift by it. While
        {option}`boot.loader.grub.default` is `"0"`, the machine boots your
        first entry, not NixOS.
        :::
      '';
    };

    extraFiles = mkOption {
      type = types.attrsOf types.path;
      default = { };
      example = literalExpression ''
        {
          "rescue.initrd" = ./rescue.initrd;
          "rescue.kernel" = "''${pkgs.linux}/bzImage";
        }
      '';
      description = ''
        Files to copy to {file}`/boot`: their names there, and what to copy.
      '';
    };

    extraConfig = mkOption {
      type = types.lines;
      default = "";
      example = ''
        set color_normal=light-gray/black
        set pager=1
      '';
      description = ''
        Commands for {file}`grub.cfg`, placed before all menu entries. For
        example, what puts the menu on a
        [serial console]{#grub-serial-console}:

        ```
        serial --unit=0 --speed=115200
        terminal_input --append serial
        terminal_output --append serial
        ```
      '';
    };

    extraPerEntryConfig = mkOption {
      type = types.lines;
      default = "";
      example = "set gfxpayload=1024x768";
      description = ''
        Commands that each entry of NixOS begins with.
      '';
    };

    extraPrepareConfig = mkOption {
      type = types.lines;
      default = "";
      example = ''
        install -m 0644 /etc/logo.png @bootPath@/logo.png
      '';
      description = ''
        Bash commands that run just before the new {file}`grub.cfg` takes the
        place of the old one. `@bootPath@` stands for {file}`/boot`, or for the
        directory in [](#opt-boot.loader.grub.mirroredBoots) that is being
        written.
      '';
    };

    extraInstallCommands = mkOption {
      type = types.lines;
      default = "";
      example = literalExpression ''
        '''
          ''${pkgs.rsync}/bin/rsync --archive --delete /boot/ /boot-backup/
        '''
      '';
      description = ''
        Shell commands that run at the end, when menu and boot loader are in
        place. A failure makes the whole installation fail, unless you say
        otherwise:

        ```bash
        sign-boot-files /boot || echo "not signed: $?" >&2
        ```
      '';
    };

    extraGrubInstallArgs = mkOption {
      type = types.listOf types.str;
      default = [ ];
      example = [ "--modules=nativedisk ahci part_gpt diskfilter mdraid1x lvm ext2" ];
      description = ''
        Further arguments for {manpage}`grub-install(8)`, each passed on as it
        is. Mostly these are `--modules=`, for modules that GRUB needs before
        it can read {file}`/boot`, and that should be there in its rescue shell
        too.

        With firmware that cannot read the end of a large disk, the module
        `nativedisk` and a driver for the disk let GRUB read it without the
        firmware.
      '';
    };

    useOSProber = mkOption {
      type = types.bool;
      default = false;
      relatedPackages = [
        {
          name = "os-prober";
          comment = "Run {command}`os-prober` as root to see what it would find.";
        }
      ];
      description = ''
        Whether to look for other operating systems on all disks, and to add
        entries for them.

        ::: {.note}
        Each {command}`nixos-rebuild switch` searches again, which takes time.
        It mounts what it finds: disconnect disks that should be left alone. An
        entry in [](#opt-boot.loader.grub.extraEntries) does without.
        :::
      '';
    };

    splashImage = mkOption {
      type = types.nullOr types.path;
      default = pkgs.nixos-artwork.wallpapers.simple-dark-gray-bootloader.gnomeFilePath;
      defaultText = literalMD "a plain dark wallpaper of NixOS";
      example = literalExpression "./background.png";
      description = ''
        Picture behind the menu: a PNG, TGA or JPEG file. A JPEG must not be
        progressive. `null` runs GRUB in text mode.
      '';
    };

    splashMode = mkOption {
      type = types.enum [
        "normal"
        "stretch"
      ];
      default = "stretch";
      description = ''
        Whether the picture is stretched to fill the screen or stays in the
        top left corner at its own size.
      '';
    };

    backgroundColor = mkOption {
      type = types.nullOr types.str;
      default = null;
      example = "#7EBAE4";
      description = ''
        Colour of the screen where the picture doesn't cover it.
      '';
    };

    theme = mkOption {
      type = types.nullOr types.path;
      default = null;
      example = literalExpression ''"''${pkgs.kdePackages.breeze-grub}/grub/themes/breeze"'';
      description = ''
        Directory of a theme, the one with {file}`theme.txt` in it. A theme
        brings a background of its own.
      '';
    };

    font = mkOption {
      type = types.nullOr types.path;
      default = "${cfg.finalPackage}/share/grub/unicode.pf2";
      defaultText = literalExpression ''"''${pkgs.grub2}/share/grub/unicode.pf2"'';
      example = literalExpression ''"''${pkgs.dejavu_fonts}/share/fonts/truetype/DejaVuSansMono.ttf"'';
      description = ''
        Font of the menu. A TrueType or OpenType font is converted to GRUB's
        own format, `pf2`. The default one is GNU Unifont<!-- unifoundry.com -->,
        (c) Roman Czyborra, Paul Hardy and others.
      '';
    };

    fontSize = mkOption {
      type = types.nullOr types.int;
      default = null;
      example = 24;
      description = ''
        Height of the font in pixels. A `pf2` font has one size, and ignores
        this.
      '';
    };

    gfxmodeEfi = mkOption {
      type = types.str;
      default = "auto";
      example = "1920x1080,auto";
      description = ''
        Resolutions to try for the menu on a UEFI machine. The notation is that
        of [](#opt-boot.loader.grub.gfxmodeBios).
      '';
    };

    gfxmodeBios = mkOption {
      type = types.str;
      default = "1024x768";
      example = "1280x1024x32,1024x768,auto";
      description = ''
        Resolutions to try for the menu on a BIOS machine, separated by commas.
        Each is `WIDTHxHEIGHT`, or `WIDTHxHEIGHTxDEPTH`, or `auto`. The first
        one that the screen can show is taken; `videoinfo` on GRUB's command
        line lists them. This is GRUB's variable {var}`gfxmode`.
      '';
    };

    gfxpayloadEfi = mkOption {
      type = types.str;
      default = "keep";
      example = "text";
      description = ''
        Video mode in which Linux starts on a UEFI machine. The values are
        those of [](#opt-boot.loader.grub.gfxpayloadBios).
      '';
    };

    gfxpayloadBios = mkOption {
      type = types.str;
      default = "text";
      example = "keep";
      description = ''
        Video mode in which Linux starts on a BIOS machine. This is GRUB's
        variable {var}`gfxpayload`.

        - `text`: text mode
        - `keep`: the mode that the menu had
        - anything else: resolutions to try, as in
          [](#opt-boot.loader.grub.gfxmodeBios)
      '';
    };

    fsIdentifier = mkOption {
      type = types.enum [
        "uuid"
        "label"
        "provided"
      ];
      default = "uuid";
      description = ''
        How GRUB finds the file systems that it reads:

        `uuid`
        : By their UUID, as {manpage}`blkid(8)` shows it.

        `label`
        : By their label.
        : Labels must then be unique: of two disks with the same one, GRUB may
          take the wrong one.

        `provided`
        : By the name under which they are mounted.
        : Only a name below {file}`/dev/disk/by-uuid` or
          {file}`/dev/disk/by-label` leads to a search. With any other, GRUB
          looks on the device that it was started from.

        A ZFS pool is found by its name in any case.
      '';
    };

    zfsSupport = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether GRUB can read ZFS, for which it is built with `libzfs`.

        ::: {.warning}
        GRUB knows few features of pools. A pool that it has to read is best
        created for it, and must not be upgraded later:

        ```console
        # zpool create -o compatibility=grub2 bpool /dev/disk/by-id/...
        ```
        :::
      '';
    };

    efiSupport = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether GRUB is built and installed for UEFI. It goes to the partition
        at {option}`boot.loader.efi.efiSysMountPoint`.
      '';
    };

    efiInstallAsRemovable = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether GRUB is installed as on a removable drive, where firmware finds
        it without having been told: {command}`grub-install --removable`.

        Where the firmware looks for it:

        - if this is on, in {file}`EFI/BOOT/BOOTX64.EFI` (or what the processor
          has in its place);
        - if this is off, in a directory of its own, as long as an EFI variable
          points there.
          - With {option}`boot.loader.efi.canTouchEfiVariables`, the variable
            is written by {manpage}`efibootmgr(8)`
            - when the running system was booted by UEFI;
            - but *not* when it was booted by BIOS. Installation succeeds all
              the same, but the machine won't find GRUB.
          - Without, that is up to you.

        So turn it on

        - if you install for UEFI from a system that was booted by BIOS;
        - if the drive should boot on other machines too;
        - if your firmware forgets its variables, or you would rather not rely
          on them.

        It cannot be combined with
        {option}`boot.loader.efi.canTouchEfiVariables`.
      '';
    };

    enableCryptodisk = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether GRUB itself opens encrypted partitions, for when
        {file}`/boot` is on one. It asks for the passphrase before the menu
        appears. This sets {env}`GRUB_ENABLE_CRYPTODISK` for
        {manpage}`grub-install(8)`.

        LUKS 2 derives its keys by Argon2 unless told otherwise, and many
        versions of GRUB don't know that. PBKDF2 works with all of them:

        ```console
        # cryptsetup luksConvertKey --pbkdf pbkdf2 /dev/sda2
        ```
      '';
    };

    forceInstall = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether GRUB is installed even where {manpage}`grub-install(8)` warns
        against it. The usual case is a partition in the place of a disk:

        > Embedding is not possible. GRUB can only be installed in this setup
        > by using blocklists. However, blocklists are UNRELIABLE and their use
        > is discouraged.\
        > --- {command}`grub-install`

        It means what it says: GRUB is then found by the places of its blocks
        on the disk, and is gone when the file system moves them.
      '';
    };

    forcei686 = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether to install the 32-bit GRUB on a 64-bit system. Some early
        tablets and laptops need this: their processor has 64 bits, their UEFI
        has 32.
      '';
    };

    ipxe = mkOption {
      type = types.attrsOf (types.either types.path types.str);
      default = { };
      example = literalExpression ''
        {
          rescue = '''
            #!ipxe
            dhcp
            chain http://boot.example.org/rescue.ipxe
          ''';
        }
      '';
      description = ''
        [iPXE](https://ipxe.org/scripting) scripts that can be booted from the
        menu, by name.
      '';
    };

    memtest86 = {
      enable = mkOption {
        type = types.bool;
        default = false;
        relatedPackages = [ "memtest86plus" ];
        description = ''
          Whether the menu offers Memtest86+, which tests the machine's memory.
          It is free software, and not to be confused with PassMark's
          MemTest86(tm).
        '';
      };

      params = mkOption {
        type = types.listOf types.str;
        default = [ ];
        example = [ "console=ttyS0,115200" ];
        description = ''
          Parameters for Memtest86+. Version 5.01 documents them nowhere but in
          its source, which accepts these:
            console=... -- use a serial console.
            btrace      -- trace how it starts.
            maxcpus=... -- use no more CPUs than this.
            onepass     -- run one pass and end, if no error was found.
            tstlist=... -- run these tests only.
            cpumask=... -- use these CPUs only, given as a mask.

          Later versions have other ones, which
          [their README](https://github.com/memtest86plus/memtest86plus#boot-options)
          explains. For the menu on the same console, see
          [the serial console](#grub-serial-console) of GRUB.
        '';
      };
    };
  };
}
